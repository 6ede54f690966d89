const grouped = new Intl.NumberFormat("en");

export function number_text(count: number): string {
  return grouped.format(count);
}

/** "2.4k", for where there is little room. */
export function short_number(count: number): string {
  for (const [size, letter] of [
    [1e9, "G"],
    [1e6, "M"],
    [1e4, "k"],
  ] as const) {
    if (count >= size) {
      const scaled = count / (letter === "k" ? 1e3 : size);
      return `${scaled < 10 ? scaled.toFixed(1) : Math.round(scaled)}${letter}`;
    }
  }
  return count < 10 && !Number.isInteger(count)
    ? count.toFixed(1)
    : grouped.format(Math.round(count));
}

export function span_text(ms: number): string {
  if (ms < 1) return "under 1 ms";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60_000) / 1000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A moment in the program's life, from nanoseconds since its beginning. */
export function moment_text(ns: number): string {
  const ms = ns / 1e6;
  const minutes = Math.floor(ms / 60_000);
  const seconds = ((ms % 60_000) / 1000).toFixed(3).padStart(6, "0");
  return `${minutes}:${seconds}`;
}

export function bytes_text(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(1)} KiB`;
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}

export function count_text(count: number, one: string, many = `${one}s`): string {
  return `${number_text(count)} ${count === 1 ? one : many}`;
}

/** "std::map<int, a::b>" without what says nothing to a reader in a small place. */
export function short_type(name: string): string {
  return name.replaceAll(/\b(?:[a-z_]\w*::)+/gi, "");
}
