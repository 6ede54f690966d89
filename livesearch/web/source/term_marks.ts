/** Splits a text where words of the query occur, so that the page can mark them. */

export interface piece {
  text: string;
  is_marked: boolean;
}

const longest_query_words = 20;

function escaped(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** The words of a query, longest first; operators and signs around a word do not count. */
export function query_words(query: string): string[] {
  const words = query.match(/[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}_'’-]*[\p{L}\p{M}\p{N}])?/gu) ?? [];
  const distinct = [...new Set(words.map((word) => word.toLowerCase()))];
  return distinct.sort((a, b) => b.length - a.length).slice(0, longest_query_words);
}

/** The pieces put together are the text, unchanged. A word is marked where it begins a word. */
export function marked_pieces(text: string, words: readonly string[]): piece[] {
  if (words.length === 0 || text === "") return [{ text, is_marked: false }];
  const any = new RegExp(`(?<![\\p{L}\\p{N}])(${words.map(escaped).join("|")})`, "giu");
  const parts = text.split(any).map((part, n) => ({ text: part, is_marked: n % 2 === 1 }));
  return parts.filter((part) => part.text !== "");
}
