// Markdown as the repository keeps it: paragraphs of at most 100 columns, headings with anchors.

const columns = 100;

/** The anchor of a heading, as the usual hosts of Markdown make it. */
export function slug(heading) {
  return heading.toLowerCase().replace(/[^\p{L}\p{N}_ -]/gu, "").replaceAll(" ", "-");
}

/** A figure and its unit stay on one line. */
function words_of(text) {
  return text.trim().replace(/\s+/g, " ").split(/ (?!(?:%|×|ms|s|MiB|GiB)(?![\p{L}\p{N}]))/u);
}

function filled(text, first_indent, indent) {
  const words = words_of(text);
  const lines = [];
  let line = first_indent;
  let is_empty = true;
  for (const word of words) {
    if (!is_empty && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = indent + word;
    } else {
      line += (is_empty ? "" : " ") + word;
    }
    is_empty = false;
  }
  return [...lines, line].join("\n");
}

function wrapped_block(block) {
  if (/^( {4}|[#|>]|!\[)/.test(block)) return block;
  if (!block.startsWith("- ")) return filled(block, "", "");
  return block.split(/\n(?=- )/)
    .map((item) => filled(item.slice(2), "- ", "  "))
    .join("\n");
}

/** Fills paragraphs and list items; code, tables, headings, pictures and quotes stay. */
export function wrapped(markdown) {
  return markdown.split(/^(```[\s\S]*?^```)$/m)
    .map((piece) => piece.startsWith("```")
      ? piece
      : piece.split(/\n{2,}/).map((block) => block.startsWith("\n")
        ? "\n" + wrapped_block(block.slice(1))
        : wrapped_block(block)).join("\n\n"))
    .join("");
}

/** A table; columns of figures are right-aligned unless `alignment` says otherwise. */
export function table(heads, rows, alignment = heads.map((_, i) => (i === 0 ? "---" : "---:"))) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(heads), `|${alignment.join("|")}|`, ...rows.map(line)].join("\n");
}
