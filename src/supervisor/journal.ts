/**
 * The journal: which processes were started and have not been seen to go, for whoever comes after the manager: its
 * guard, and the next manager. Plain lines, for the guard is a shell script.
 *
 * `+ <pid> <start> <boot id> <generation> <stop signal> <node, percent-encoded>` when one was spawned,
 * `- <pid> <start>` when its whole tree has gone. What could not be written down is still found by its marker.
 */
import {
  closeSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { messageOf } from "../errors.ts";

/** One process of a node, as written down. */
export interface JournalEntry {
  readonly pid: number;
  readonly start: number;
  readonly bootId: string;
  readonly generation: number;
  readonly stopSignal: string;
  readonly node: string;
}

/** Longer than this it is rewritten with what still runs. */
const longestLines = 2000;

/** What a journal says still runs, in the order of its start; nothing when it cannot be read. */
export function readJournal(path: string): readonly JournalEntry[] {
  let text;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return [];
  }
  const entries = new Map<string, JournalEntry>();
  for (const line of text.split("\n")) {
    const [what, pid, start, bootId, generation, stopSignal, node] = line.split(" ");
    const key = `${pid} ${start}`;
    if (what === "-") entries.delete(key);
    if (what !== "+" || node === undefined || bootId === undefined || stopSignal === undefined) continue;
    const numbers = { pid: Number(pid), start: Number(start), generation: Number(generation) };
    if (numbers.pid > 1) entries.set(key, { ...numbers, bootId, stopSignal, node: decode(node) });
  }
  return [...entries.values()];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The journal of a living manager. It never throws: what cannot be written is reported once. */
export class Journal {
  readonly path: string;
  readonly #report: (problem: string | undefined) => void;
  readonly #fenced: () => boolean;
  readonly #entries = new Map<number, JournalEntry>();
  #file: number | undefined;
  #lines = 0;
  /** Something is missing from the file: the next line that can be written brings it up to date. */
  #incomplete = false;

  /**
   * Begins an empty one. `report` gets what is wrong with it, and undefined when it is well again; `fenced`: it is
   * another manager's by now, and not written any more.
   */
  constructor(path: string, report: (problem: string | undefined) => void, fenced: () => boolean) {
    this.path = path;
    this.#report = report;
    this.#fenced = fenced;
    this.#try(() => {
      this.#file = openSync(path, "a", 0o600);
      ftruncateSync(this.#file);
    });
  }

  started(entry: JournalEntry): void {
    this.#entries.set(entry.pid, entry);
    this.#append(lineOf(entry));
  }

  gone(pid: number): void {
    const entry = this.#entries.get(pid);
    if (entry === undefined) return;
    this.#entries.delete(pid);
    this.#append(`- ${pid} ${entry.start}\n`);
  }

  close(): void {
    if (this.#file === undefined) return;
    closeSync(this.#file);
    this.#file = undefined;
  }

  #append(line: string): void {
    if (this.#fenced()) return;
    this.#try(() => {
      this.#lines += 1;
      if (this.#incomplete || this.#lines > longestLines + 2 * this.#entries.size) this.#rewrite();
      else if (this.#file !== undefined) writeSync(this.#file, line);
    });
  }

  #rewrite(): void {
    const draft = `${this.path}.new`;
    writeFileSync(draft, [...this.#entries.values()].map(lineOf).join(""), { mode: 0o600 });
    renameSync(draft, this.path);
    this.close();
    this.#file = openSync(this.path, "a", 0o600);
    this.#lines = this.#entries.size;
  }

  #try(write: () => void): void {
    try {
      write();
      this.#incomplete = false;
      this.#report(undefined);
    } catch (error) {
      this.#incomplete = true;
      this.#report(`the journal ${this.path} cannot be written: ${messageOf(error)}`);
    }
  }
}

// Through a Buffer, because half a surrogate pair is a legal name that encodeURIComponent throws at.
function encode(name: string): string {
  return encodeURIComponent(Buffer.from(name).toString());
}

function lineOf({ pid, start, bootId, generation, stopSignal, node }: JournalEntry): string {
  return `+ ${pid} ${start} ${bootId} ${generation} ${stopSignal} ${encode(node)}\n`;
}
