/**
 * The one place where the file's snake_case and TypeScript's camelCase field names meet (DESIGN section 2), and where
 * a mistyped word finds its nearest neighbour.
 */

/** How the author of the document spells field names: `snake` in files, `camel` in TypeScript. */
export type Spelling = "snake" | "camel";

/** A field's name (given as in the file) as the author spells it. */
export function fieldName(name: string, spelling: Spelling): string {
  return spelling === "snake" ? name : name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** `Did you mean 'x'?`, or undefined when nothing is near. */
export function suggest(word: string, known: Iterable<string>): string | undefined {
  const near = nearest(word, known);
  return near === undefined ? undefined : `Did you mean '${near}'?`;
}

/** The known word with the fewest edits from `word`, at most a third of its length; the first of equals. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let fewest = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const edits = editsBetween(word.toLowerCase(), candidate.toLowerCase(), fewest);
    if (edits < fewest) [best, fewest] = [candidate, edits];
  }
  return best;
}

/** Optimal string alignment distance; `limit` or more is reported as `limit`. */
function editsBetween(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
        swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [beforeLast, last] = [last, current];
  }
  return Math.min(at(last, b.length), limit);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}

/** `a, b, c and 4 more`. */
export function listWords(words: Iterable<string>, most = 12): string {
  const all = [...words];
  if (all.length === 0) return "none";
  return all.length <= most
    ? all.join(", ")
    : `${all.slice(0, most).join(", ")} and ${all.length - most} more`;
}
