/** The words of a transcript's line: bare, or quoted like JSON when they are odd. */

/** `a "b c" d` to its three words. */
export function wordsOf(line: string): string[] {
  const found = line.match(/"(?:[^"\\]|\\.)*"|\S+/gu) ?? [];
  return found.map((word) => (word.startsWith('"') ? (JSON.parse(word) as string) : word));
}

/** A name as it is written in a transcript. */
export function word(name: string): string {
  return /^[\w.~-]+$/.test(name) ? name : JSON.stringify(name);
}

/** `250ms`, `for ever`. */
export function duration(ms: number): string {
  return ms === Infinity ? "never" : `${ms}ms`;
}

/** The inverse of {@link duration}; seconds are understood too. */
export function durationOf(text: string): number {
  if (text === "never") return Infinity;
  const [, number, unit] = /^(\d+)(ms|s)$/.exec(text) ?? [];
  if (number === undefined) throw new Error(`'${text}' is no duration: write 250ms, 2s or never`);
  return Number(number) * (unit === "s" ? 1_000 : 1);
}
