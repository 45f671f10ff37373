/**
 * What is found while one document is reviewed, and how its author spells things. Handed through shape.ts and
 * build-*.ts, so that all problems end up in one list.
 */
import { flowList } from "./command-words.ts";
import type { Finding, Path } from "./problem.ts";
import { fieldName, listWords, suggest, type Spelling } from "./words.ts";

/** A name that the document uses, and where. */
export interface Reference {
  readonly name: string;
  readonly path: Path;
}

/** The review of one document. */
export class Review {
  readonly findings: Finding[];
  readonly #spelling: Spelling;
  readonly #spoiled: ReadonlySet<string>;

  /** @param earlier - what was found before: values that were bad already are not judged again. */
  constructor(spelling: Spelling, earlier: readonly Finding[] = []) {
    this.#spelling = spelling;
    this.findings = [...earlier];
    this.#spoiled = new Set(
      earlier.filter(({ at }) => at === "value").map(({ path }) => JSON.stringify(path)),
    );
  }

  /** A field's name (given as in the file) as the author spells it. */
  word(field: string): string {
    return fieldName(field, this.#spelling);
  }

  /** A list as the author would write it. */
  list(words: readonly string[]): string {
    return this.#spelling === "snake" ? flowList(words) : JSON.stringify(words);
  }

  report(path: Path, message: string, remedy: string, at: Finding["at"] = "value"): void {
    if (this.#spoiled.has(JSON.stringify(path))) return;
    this.findings.push({ path, at, message, remedy });
  }

  /** Notes a name that nothing bears. */
  unknownName(kind: "mode" | "node", reference: Reference, known: Iterable<string>): void {
    const all = [...known];
    const remedy =
      suggest(reference.name, all) ??
      (all.length === 0 ? `There are no ${kind}s.` : `There are: ${listWords(all)}.`);
    this.report(reference.path, `no ${kind} is called '${reference.name}'`, remedy);
  }

  /** The names of a list that are known, each once; the others are noted. */
  known(
    kind: "mode" | "node",
    references: readonly Reference[],
    known: { has(name: string): boolean; keys(): Iterable<string> },
  ): readonly Reference[] {
    const found = new Map<string, Reference>();
    for (const reference of references) {
      if (!known.has(reference.name)) this.unknownName(kind, reference, known.keys());
      else if (!found.has(reference.name)) found.set(reference.name, reference);
    }
    return [...found.values()];
  }
}

/** The names in a list, with their places; what was no name has been noted before. */
export function referencesIn(
  list: readonly (string | undefined)[] | undefined,
  path: Path,
): readonly Reference[] {
  return (list ?? []).flatMap((name, index) =>
    name === undefined ? [] : [{ name, path: [...path, index] }],
  );
}
