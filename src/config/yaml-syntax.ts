/** The YAML parser and its complaints in words that say what to do. Neighbour of yaml-document.ts, which reads on. */
import { parseDocument, type Document, type LineCounter, type YAMLError } from "yaml";
import type { Finding } from "./problem.ts";
import { tooDeepAt } from "./yaml-nesting.ts";

/** What the parser made of a text. `document` is absent when there is nothing to read on. */
export interface Syntax {
  readonly document?: Document;
  readonly findings: readonly Finding[];
  /** Where in the text each finding is. */
  readonly offsets: ReadonlyMap<Finding, number>;
}

/** One broken line makes the parser complain about many others: the first few tell. */
const maxFindings = 10;

/** Parses; never throws. */
export function syntaxFindings(text: string, lineCounter: LineCounter): Syntax {
  const deep = tooDeepAt(text);
  if (deep !== undefined) {
    return single("nested too deeply", "A catalogue is at most a few levels deep.", deep);
  }
  const document = parseDocument(text, {
    lineCounter,
    prettyErrors: false,
    // Duplicates are judged in yaml-document.ts, where their path is known.
    uniqueKeys: false,
  });
  const offsets = new Map<Finding, number>();
  const told = new Set<string>();
  for (const error of [...document.errors, ...document.warnings].slice(0, maxFindings)) {
    const message = sentence(error);
    // A list inside a mapping, both unclosed, is one mistake.
    if (told.has(`${error.pos[0]} ${message}`)) continue;
    told.add(`${error.pos[0]} ${message}`);
    offsets.set(finding(message, remedyFor(error, text)), error.pos[0]);
  }
  if (offsets.size > 0) return { findings: [...offsets.keys()], offsets };
  if (document.contents === null) return single("the file is empty", "Start with: default_mode: idle", 0);
  return { document, findings: [], offsets };
}

function single(message: string, remedy: string, offset: number): Syntax {
  const only = finding(message, remedy);
  return { findings: [only], offsets: new Map([[only, offset]]) };
}

function finding(message: string, remedy: string): Finding {
  return { path: [], at: "value", message, remedy };
}

function sentence(error: YAMLError): string {
  if (error.code === "MULTIPLE_DOCS") return "there is more than one document in the file";
  if (error.message.startsWith("Flow")) return "a [ or { is not closed";
  const [first = ""] = error.message.split("\n");
  return first.charAt(0).toLowerCase() + first.slice(1);
}

function remedyFor(error: YAMLError, text: string): string {
  const [start] = error.pos;
  const lineEnd = text.indexOf("\n", start);
  const line = text.slice(text.lastIndexOf("\n", start - 1) + 1, lineEnd === -1 ? undefined : lineEnd);
  if (error.code === "TAB_AS_INDENT") return "Indent with spaces.";
  if (error.code === "MULTIPLE_DOCS") return "Remove the line --- and what does not belong.";
  if (error.code === "TAG_RESOLVE_FAILED") return "Remove the tag, or put the text in quotes.";
  if (error.code === "BAD_SCALAR_START") return "Put the text in quotes.";
  if (line.includes("${") && /[[{]/.test(line)) return 'Inside [ ] and { }, put "${...}" in quotes.';
  return "Correct the text here, or in the lines before.";
}
