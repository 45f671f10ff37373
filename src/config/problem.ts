/**
 * What is wrong with a catalogue, as data and as text: every problem at once, each with its place and its remedy.
 *
 * Finding problems is the business of the files beside this one; they collect {@link Finding}s, and only here do
 * those become text (I13).
 */
import { ModeshiftError } from "../errors.ts";

/** Where in the document: names and list positions from the root. */
export type Path = readonly (string | number)[];

/** A problem before its place in the file is known. `at`: the key (an unknown one) or the value is wrong. */
export interface Finding {
  readonly path: Path;
  readonly at: "key" | "value";
  readonly message: string;
  readonly remedy: string;
}

/** A line and a column, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong with a catalogue. */
export interface ConfigProblem {
  /** `modes.teleop.nodes[2]`; names that are no words are quoted: `nodes["a.b"].command`; "" is the whole. */
  readonly path: string;
  /** What was found. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
  /** As it was given. Absent for a catalogue that comes from code. */
  readonly file?: string;
  /** From 1. Absent for a catalogue that comes from code. */
  readonly line?: number;
  /** From 1. Absent for a catalogue that comes from code. */
  readonly column?: number;
}

/**
 * A catalogue that was refused, with every reason. `code` is `CONFIG_INVALID`; the message lists the problems.
 *
 * @example
 * ```ts
 * import { ConfigError, defineCatalogue } from "modeshift";
 * const problems: string[] = [];
 * try {
 *   defineCatalogue<string>({ defaultMode: "idel", modes: { idle: [] } });
 * } catch (error) {
 *   if (error instanceof ConfigError) problems.push(...error.problems.map(({ path, remedy }) => `${path}: ${remedy}`));
 * }
 * problems; // => ["defaultMode: Did you mean 'idle'?"]
 * ```
 */
export class ConfigError extends ModeshiftError {
  readonly problems: readonly ConfigProblem[];

  constructor(subject: string, problems: readonly ConfigProblem[]) {
    super("CONFIG_INVALID", printProblems(subject, problems));
    this.problems = problems;
  }
}

/** Findings as problems, in the order of the file (of the findings, where there is no file). */
export function placeFindings(
  findings: readonly Finding[],
  file?: { readonly name: string; readonly locate: (finding: Finding) => Place },
): readonly ConfigProblem[] {
  const problems = findings.map((finding): ConfigProblem => {
    const problem = { path: printPath(finding.path), message: finding.message, remedy: finding.remedy };
    return file === undefined ? problem : { ...problem, file: file.name, ...file.locate(finding) };
  });
  return problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

/** `modes.teleop.nodes[2]`, `nodes["a.b"]`, `modes["2"]`. */
export function printPath(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    if (!/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(step)) return `${text}[${JSON.stringify(step)}]`;
    return text === "" ? step : `${text}.${step}`;
  }, "");
}

function printProblems(subject: string, problems: readonly ConfigProblem[]): string {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const lines = problems.map((problem) => {
    const place = problem.line === undefined ? "" : `${problem.file}:${problem.line}:${problem.column} `;
    return `  ${place}${problem.path === "" ? "" : `${problem.path}: `}${problem.message}\n      ${problem.remedy}`;
  });
  return [`${subject}: ${count}`, ...lines].join("\n");
}
