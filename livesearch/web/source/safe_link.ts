/** Addresses come from other people's sites: only those that lead to a web page become links. */

export interface safe_link {
  href: string;
  host: string;
  /** The path in parts, decoded, for reading. */
  path: string[];
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Null for what is no address, and for one of another scheme, such as `javascript:`. */
export function to_safe_link(address: string): safe_link | null {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") return null;
  const parts = url.pathname.split("/").filter((part) => part !== "");
  return { href: url.href, host: url.host, path: parts.map(decoded) };
}
