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
    return [...lastLines(`${this.path}.1`, lines - current.length, 0), ...current];
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

function lastLines(path: string, lines: number, from: number): readonly string[] {
  let file;
  try {
    file = openSync(path, "r");
  } catch {
    return [];
  }
  try {
    const { size } = fstatSync(file);
    // Truncated since: all of it is newer than `from`.
    const start = Math.max(from > size ? 0 : from, size - tailChunk);
    const buffer = Buffer.alloc(size - start);
    const text = buffer.toString("utf8", 0, readSync(file, buffer, 0, buffer.length, start));
    const all = text.split(/\r?\n/);
    if (all.at(-1) === "") all.pop();
    return lines === 0 ? [] : all.slice(-lines);
  } catch {
    return [];
  } finally {
    closeSync(file);
  }
}
