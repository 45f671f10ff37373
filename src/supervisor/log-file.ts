/**
 * A node's log: one file for stdout and stderr, written by the node itself through a descriptor and never by us.
 *
 * It is opened for append, so that copy and truncate rotates it under the writer. Who decides when is log-store.ts;
 * following it is log-follower.ts. Lines written between the last copied byte and the truncation, some microseconds,
 * are lost.
 */
import { closeSync, ftruncateSync, fstatSync, openSync, readSync, statSync, writeSync } from "node:fs";
import { constants, copyFile } from "node:fs/promises";

const tailChunk = 64 * 1024;

/** One log file, with at most one older one beside it (`.1`). */
export class LogFile {
  readonly path: string;
  readonly #readers = new Set<() => void>();
  #rotating = false;

  constructor(path: string) {
    this.path = path;
  }

  /** Bytes, 0 when there is no file. */
  size(): number {
    return statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** The last lines written after `from`, oldest first. Reads at most 64 KiB. */
  tail(lines: number, from = 0): readonly string[] {
    const current = lastLines(this.path, lines, from);
    if (from > 0 || current.length >= lines) return current;
    return [...this.#older(lines - current.length), ...current];
  }

  /**
   * Where the last whole lines begin, for who follows from there, and those among them that were rotated away. A line
   * that has not ended yet is not counted, and begins behind `from`.
   */
  last(lines: number): { readonly older: readonly string[]; readonly from: number } {
    const { from, found } = startOfLast(this.path, lines);
    return { older: this.#older(lines - found), from };
  }

  /** Calls `read` before the file is truncated, until the returned function is called. */
  beforeTruncation(read: () => void): () => void {
    this.#readers.add(read);
    return () => this.#readers.delete(read);
  }

  /** Moves what was written to `.1`. Never throws: a full disk leaves the log as it is. Resolves true when done. */
  async rotate(): Promise<boolean> {
    if (this.#rotating) return false;
    this.#rotating = true;
    try {
      const copied = this.size();
      await copyFile(this.path, `${this.path}.1`, constants.COPYFILE_FICLONE);
      this.#truncateAfter(copied);
      return true;
    } catch {
      return false;
    } finally {
      this.#rotating = false;
    }
  }

  /** While a rotation is under way `.1` is a half-made copy of what we have. */
  #older(lines: number): readonly string[] {
    return this.#rotating || lines <= 0 ? [] : lastLines(`${this.path}.1`, lines, 0);
  }

  // Synchronous on purpose: what is written while we are elsewhere would be lost.
  #truncateAfter(copied: number): void {
    const from = openSync(this.path, "r+");
    const to = openSync(`${this.path}.1`, "r+");
    try {
      const buffer = Buffer.alloc(tailChunk);
      let position = Math.min(copied, fstatSync(to).size);
      for (;;) {
        const read = readSync(from, buffer, 0, buffer.length, position);
        if (read === 0) break;
        writeSync(to, buffer, 0, read, position);
        position += read;
      }
      for (const reader of this.#readers) reader();
      ftruncateSync(from, 0);
    } finally {
      closeSync(from);
      closeSync(to);
    }
  }
}

/** What `take` makes of the file's last 64 KiB, or of what came after `from` of them; undefined without a file. */
function ofTheEnd<T>(path: string, from: number, take: (end: Buffer, start: number) => T): T | undefined {
  let file;
  try {
    file = openSync(path, "r");
  } catch {
    return undefined;
  }
  try {
    const { size } = fstatSync(file);
    // Truncated since: all of it is newer than `from`.
    const start = Math.max(from > size ? 0 : from, size - tailChunk);
    const buffer = Buffer.alloc(size - start);
    return take(buffer.subarray(0, readSync(file, buffer, 0, buffer.length, start)), start);
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}

function lastLines(path: string, lines: number, from: number): readonly string[] {
  const all = ofTheEnd(path, from, (end) => end.toString("utf8").split(/\r?\n/)) ?? [];
  if (all.at(-1) === "") all.pop();
  return lines === 0 ? [] : all.slice(-lines);
}

const lineEnd = 10;

/** The offset of the last whole lines, and how many of them there are. */
function startOfLast(path: string, lines: number): { readonly from: number; readonly found: number } {
  const count = (end: Buffer, start: number): { from: number; found: number } => {
    let from = end.lastIndexOf(lineEnd) + 1;
    let found = 0;
    while (found < lines && from > 0) {
      const before = from < 2 ? -1 : end.lastIndexOf(lineEnd, from - 2);
      // The line that reaches out of what was read is not whole.
      if (before === -1 && start > 0) break;
      from = before + 1;
      found += 1;
    }
    return { from: start + from, found };
  };
  return ofTheEnd(path, 0, count) ?? { from: 0, found: 0 };
}
