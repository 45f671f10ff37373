/**
 * Finds the code blocks of the documentation: fenced ones in README.md and docs/, and those in TSDoc comments of src.
 *
 * Only finding; doc-module.ts runs TypeScript, doc-transcript.ts runs transcripts, docs.test.ts says what is tested.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** One fenced block. `words`: what follows the language on the fence, such as a file name or `no-run`. */
export interface DocBlock {
  /** Relative to the repository. */
  readonly page: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
  readonly language: string;
  readonly words: readonly string[];
  readonly code: string;
  /** Why it cannot run: `no-run: <reason>` on the fence. */
  readonly noRun: string | null;
  /** A file to be written into the page's folder: a word with a dot in it. */
  readonly fileName: string | null;
}

export const root = path.resolve(import.meta.dirname, "../..");

/** Every page and source file that may hold blocks, relative to the repository. */
export function documentedFiles(): string[] {
  const below = (folder: string, ending: string): string[] =>
    existsSync(path.join(root, folder))
      ? readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
          .filter((file) => file.endsWith(ending))
          .map((file) => path.posix.join(folder, file))
      : [];
  const pages = ["docs", "examples", "bench"].flatMap((folder) => below(folder, ".md"));
  return ["README.md", ...pages.toSorted(), ...below("src", ".ts").toSorted()];
}

/** The blocks of one file, in order. */
export function blocksOf(page: string): DocBlock[] {
  const file = path.join(root, page);
  if (!existsSync(file)) return [];
  const blocks: DocBlock[] = [];
  let open: { line: number; info: string; lines: string[] } | null = null;
  for (const [index, raw] of readFileSync(file, "utf8").split("\n").entries()) {
    const line = page.endsWith(".ts") ? commentText(raw) : raw;
    const fence = line === null ? null : /^\s*```(.*)$/.exec(line);
    if (open === null && fence !== null) open = { line: index + 1, info: (fence[1] ?? "").trim(), lines: [] };
    else if (open !== null && (fence !== null || line === null)) {
      blocks.push(toBlock(page, open));
      open = null;
    } else if (open !== null && line !== null) open.lines.push(line);
  }
  return blocks;
}

/** The text of a line inside a TSDoc comment; null outside of one. */
function commentText(line: string): string | null {
  return /^\s*\* ?(?!\/)(.*)$/.exec(line)?.[1] ?? null;
}

function toBlock(page: string, open: { line: number; info: string; lines: string[] }): DocBlock {
  const [language = "", ...words] = open.info.split(/\s+/);
  const noRun = /\bno-run:?\s*(.*)$/.exec(open.info);
  return {
    page,
    line: open.line,
    language,
    words,
    code: open.lines.join("\n"),
    noRun: noRun === null ? null : (noRun[1] ?? ""),
    fileName: noRun === null ? (words.find((word) => /^[\w/-]+(?:\.\w+)+$/.test(word)) ?? null) : null,
  };
}
