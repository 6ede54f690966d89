// How figures are written, and when two of them count as different.

/** Differences up to these are no differences; the document states them. */
export const tolerance = {
  relative: 0.1,
  ms: 5,
  jobs: 5,
  share: 0.01,
  recovery_s: 1,
};

/** How much slower than in calm weather a healthy site may get before the story counts it. */
export const allowed_slowdown = 1.5;

export const system_names = { old: "old architecture", stages: "stages" };

const is_number = (value) => typeof value === "number" && Number.isFinite(value);

export function count(value) {
  if (!is_number(value)) return "none";
  return Math.round(value).toLocaleString("en-US");
}

/** "1 job", "2,345 jobs". */
export function counted(value, one, many = `${one}s`) {
  return `${count(value)} ${Math.round(value) === 1 ? one : many}`;
}

export function decimal(value, digits = 1) {
  return value.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** With one decimal, unless that is a zero. */
export function short(value) {
  return decimal(value).replace(/\.0$/, "");
}

export function seconds(value) {
  if (!is_number(value)) return "none";
  return `${value < 9.95 ? short(value) : count(value)} s`;
}

/** A time as a person says it: milliseconds below a second, else seconds. */
export function duration(ms) {
  if (!is_number(ms)) return "never";
  if (ms < 9.95) return `${short(ms)} ms`;
  return ms < 999.5 ? `${count(ms)} ms` : seconds(Math.round(ms / 100) / 10);
}

export function memory(mib) {
  if (!is_number(mib)) return "none";
  return mib < 99.5 ? `${decimal(mib)} MiB` : `${count(mib)} MiB`;
}

export function ratio(value, base) {
  return is_number(value) && is_number(base) && base > 0 ? value / base : null;
}

export function times(value) {
  if (!is_number(value)) return "none";
  return value < 9.95 ? `${decimal(value)} ×` : `${count(value)} ×`;
}

export function percent(share) {
  if (!is_number(share)) return "none";
  const hundredths = share * 100;
  if (hundredths === 0 || hundredths === 100) return `${hundredths} %`;
  if (hundredths < 0.1) return "less than 0.1 %";
  if (hundredths > 99.9) return "more than 99.9 %";
  const needs_digit = hundredths < 9.95 || hundredths > 99;
  return `${needs_digit ? short(hundredths) : count(hundredths)} %`;
}

/** "none", or "12 of 640 (1.9 %)". */
export function part(value, whole) {
  return value === 0 ? "none" : `${count(value)} of ${count(whole)} (${percent(value / whole)})`;
}

/** "Of 640 searches, 12 (1.9 %)", which begins a sentence. */
export function out_of(value, whole, what) {
  return `Of ${count(whole)} ${what}, ${count(value)} (${percent(value / whole)})`;
}

/**
 * Whether two figures are "equal", or "less" or "more" is said of the first.
 *
 * They are equal within a tenth, or within `floor`, below which a difference is noise.
 */
export function order(first, second, floor = 0) {
  const difference = first - second;
  const larger = Math.max(Math.abs(first), Math.abs(second));
  if (Math.abs(difference) <= floor + 1e-9) return "equal";
  if (Math.abs(difference) <= tolerance.relative * larger + 1e-9) return "equal";
  return difference < 0 ? "less" : "more";
}

/**
 * Who does better: "old", "stages" or "equal".
 *
 * `null` is a thing that did not happen, such as the first result of a search that got none, and
 * is worse than any figure.
 */
export function better(old, stages, { wanted = "less", floor = 0 } = {}) {
  if (!is_number(old) || !is_number(stages)) {
    if (is_number(old)) return "old";
    return is_number(stages) ? "stages" : "equal";
  }
  const relation = order(old, stages, floor);
  if (relation === "equal") return "equal";
  return relation === wanted ? "old" : "stages";
}

export const better_words = { old: "the old", stages: "stages", equal: "as well" };

/** What became of a time, within one system. */
export function change(before_ms, now_ms) {
  if (!is_number(now_ms)) return "never comes";
  if (!is_number(before_ms)) return `takes ${duration(now_ms)}`;
  const relation = order(now_ms, before_ms, tolerance.ms);
  if (relation === "equal") return `takes ${duration(now_ms)}, as long as before`;
  const both = `takes ${duration(now_ms)} instead of ${duration(before_ms)}`;
  if (relation === "less") return `${both}, less than before`;
  return `${both}, ${times(now_ms / before_ms)} as long`;
}

/** A list as a sentence has it. */
export function listed(words, last = "and") {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`;
}

/** Small whole numbers as words, as prose has them. */
export function in_words(value) {
  const words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
  return words[value] ?? count(value);
}

export const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);
