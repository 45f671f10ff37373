/**
 * Follows a node's log as it is written: whole lines, in order, across rotation. Nothing polls: the file is watched,
 * and only while somebody follows.
 *
 * Where files cannot be watched (the system's watch limit is used up), it looks ten times a second instead.
 */
import { closeSync, fstatSync, openSync, readSync, watch, type FSWatcher } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import type { Clock, TimerHandle } from "../clock.ts";
import type { LogFile } from "./log-file.ts";

/** Shared by all followers: reads are synchronous. */
const chunk = Buffer.alloc(64 * 1024);
/** A line that does not end is cut here, so that a binary stream cannot fill our memory. */
const longestLine = 64 * 1024;
const mostPerTurn = 1024 * 1024;
const pollMs = 100;

/** Reads new lines until it is closed. */
export class LogFollower {
  readonly #path: string;
  readonly #onLine: (line: string) => void;
  readonly #clock: Clock;
  readonly #decoder = new StringDecoder("utf8");
  readonly #release: () => void;
  /** What is read, oldest first; the last one is the log. The others are what was rotated or moved away unread. */
  readonly #files: number[];
  #watcher: FSWatcher | undefined;
  #poll: TimerHandle;
  /** In the first file. */
  #offset: number;
  #partial = "";
  /** There is more to read in the next turn. */
  #goesOn = false;
  #closed = false;

  /** From byte `from`, or from the end. @throws the system's error when the log cannot be opened */
  constructor(log: LogFile, clock: Clock, onLine: (line: string) => void, from: number | "end" = "end") {
    this.#path = log.path;
    this.#clock = clock;
    this.#onLine = onLine;
    const file = openSync(this.#path, "a+", 0o600);
    this.#files = [file];
    this.#offset = from === "end" ? fstatSync(file).size : from;
    this.#release = log.onTruncation((copy) => {
      this.#readOnIn(copy);
    });
    this.#watch();
  }

  /** Reads what is there now; what is more than a megabyte in the turns to come. */
  read(): void {
    if (this.#closed || this.#goesOn) return;
    try {
      this.#readOn();
    } catch {
      // The disk fails, or has been pulled out: there is nothing more to follow.
      this.close();
    }
  }

  #readOn(): void {
    const [file = 0, ...later] = this.#files;
    const { size, nlink } = fstatSync(file);
    if (size < this.#offset) this.#offset = 0;
    this.#readTo(file, Math.min(size, this.#offset + mostPerTurn));
    if (this.#closed) return;
    if (this.#offset < size) this.#goOn();
    else if (later.length > 0) {
      closeSync(file);
      this.#files.shift();
      this.#offset = 0;
      this.#goOn();
    } else if (nlink === 0) this.#reopen();
  }

  #goOn(): void {
    this.#goesOn = true;
    setImmediate(() => {
      this.#goesOn = false;
      this.read();
    });
  }

  /** The log has been truncated: what has not been read is read in the copy, whatever is done to its name. */
  #readOnIn(copy: string): void {
    try {
      this.#files.splice(-1, 0, openSync(copy, "r"));
    } catch {
      // No descriptor is left: what was not read is lost to us.
      if (this.#files.length === 1) this.#offset = 0;
    }
    if (!this.#goesOn) this.#goOn();
  }

  #readTo(file: number, size: number): void {
    while (!this.#closed && this.#offset < size) {
      const most = Math.min(chunk.length, size - this.#offset);
      const read = readSync(file, chunk, 0, most, this.#offset);
      if (read === 0) return;
      this.#offset += read;
      this.#split(this.#decoder.write(chunk.subarray(0, read)));
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#release();
    this.#watcher?.close();
    if (this.#poll !== undefined) this.#clock.clearTimeout(this.#poll);
    for (const file of this.#files) closeSync(file);
  }

  #split(text: string): void {
    const lines = (this.#partial + text).split("\n");
    this.#partial = lines.pop() ?? "";
    if (this.#partial.length > longestLine) {
      lines.push(this.#partial);
      this.#partial = "";
    }
    for (const line of lines) {
      if (this.#closed) return;
      this.#onLine(line.endsWith("\r") ? line.slice(0, -1) : line);
    }
  }

  /** Somebody has removed the log or moved it away: the node's next incarnation writes to a new one. */
  #reopen(): void {
    if (this.#closed) return;
    try {
      this.#files.push(openSync(this.#path, "a+", 0o600));
    } catch {
      // Its directory has gone, too: what runs now writes to the old one.
      return;
    }
    this.#watcher?.close();
    this.#watch();
    this.read();
  }

  #watch(): void {
    try {
      this.#watcher = watch(this.#path, { persistent: false }, (event) => {
        this.read();
        if (event === "rename") this.#reopen();
      });
      this.#watcher.on("error", () => {
        this.#pollInstead();
      });
    } catch {
      this.#pollInstead();
    }
  }

  #pollInstead(): void {
    this.#watcher?.close();
    if (this.#closed) return;
    this.#poll = this.#clock.setTimeout(() => {
      this.read();
      this.#pollInstead();
    }, pollMs);
  }
}
