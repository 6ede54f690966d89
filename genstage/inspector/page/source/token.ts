const kept_token = "inspector_token";

/** The token in the page's own address, which is taken out of sight at once, or the kept one. */
export function read_token(): string {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given !== null) {
    keep_token(given);
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem(kept_token) ?? "";
}

export function keep_token(token: string): void {
  sessionStorage.setItem(kept_token, token);
}
