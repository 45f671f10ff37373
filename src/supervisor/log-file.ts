/**
 * A node's log: one file for stdout and stderr, written by the node itself through a descriptor and never by us.
 *
 * It is opened for append, so that copy and truncate rotates it under the writer. Who decides when is log-store.ts;
 * following it is log-follower.ts. Lines written between the last copied byte and the truncation, some microseconds,
 * are lost.
 */
import {
  closeSync,
  ftruncateSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { constants, copyFile, open } from "node:fs/promises";

const tailChunk = 64 * 1024;
/** So much is copied in one turn of the event loop at most. */
const mostPerTurn = 1024 * 1024;
/** A writer that stays ahead of us for so many turns has its log left as it is, until the next time. */
const mostTurns = 256;

/** One log file, with at most one older one beside it (`.1`). */
export class LogFile {
  readonly path: string;
  readonly #readers = new Set<(copy: string) => void>();
  #rotating = false;

  constructor(path: string) {
    this.path = path;
  }

  /** Bytes, 0 when there is no file, or none that can be looked at. */
  size(): number {
    try {
      return statSync(this.path).size;
    } catch {
      return 0;
    }
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

  /**
   * Calls `read` when the file has been truncated, before anything else is read of it, until the returned function is
   * called. `copy`: the file that holds all of it, there for the moment.
   */
  onTruncation(read: (copy: string) => void): () => void {
    this.#readers.add(read);
    return () => this.#readers.delete(read);
  }

  /**
   * Moves what was written to `.1`. Never throws: a full disk, or a writer that is faster than we are, leaves the log as
   * it is. Resolves true when done.
   */
  async rotate(): Promise<boolean> {
    if (this.#rotating) return false;
    this.#rotating = true;
    const copy = `${this.path}.1.new`;
    let moved = false;
    try {
      await copyFile(this.path, copy, constants.COPYFILE_FICLONE);
      moved = (await catchUp(this.path, copy)) && this.#moveRest(copy);
    } catch {
      // As it is, then.
    }
    if (!moved) rmSync(copy, { force: true });
    this.#rotating = false;
    return moved;
  }

  #older(lines: number): readonly string[] {
    return lines <= 0 ? [] : lastLines(`${this.path}.1`, lines, 0);
  }

  // Synchronous on purpose: what is written while we are elsewhere would be lost.
  #moveRest(copy: string): boolean {
    const from = openSync(this.path, "r+");
    const to = openSync(copy, "r+");
    try {
      const buffer = Buffer.alloc(tailChunk);
      let position = fstatSync(to).size;
      const limit = position + 2 * mostPerTurn;
      for (;;) {
        const read = readSync(from, buffer, 0, buffer.length, position);
        if (read === 0) break;
        writeSync(to, buffer, 0, read, position);
        position += read;
        if (position > limit) return false;
      }
      // At once: every moment before is one in which lines are lost.
      ftruncateSync(from, 0);
      renameSync(copy, `${this.path}.1`);
      for (const reader of this.#readers) reader(`${this.path}.1`);
      return true;
    } finally {
      closeSync(from);
      closeSync(to);
    }
  }
}

/** Copies what was written meanwhile, until the rest is little; false when it never is. */
async function catchUp(path: string, copy: string): Promise<boolean> {
  const from = await open(path, "r");
  const to = await open(copy, "r+");
  try {
    const buffer = Buffer.alloc(mostPerTurn);
    let position = (await to.stat()).size;
    for (let turn = 0; turn < mostTurns; turn++) {
      const { size } = await from.stat();
      if (size - position <= mostPerTurn) return true;
      const { bytesRead } = await from.read(buffer, 0, buffer.length, position);
      await to.write(buffer, 0, bytesRead, position);
      position += bytesRead;
    }
    return false;
  } finally {
    await from.close();
    await to.close();
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
