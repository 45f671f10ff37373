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
  #file: number;
  #watcher: FSWatcher | undefined;
  #poll: TimerHandle;
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
    this.#file = openSync(this.#path, "a+", 0o600);
    this.#offset = from === "end" ? fstatSync(this.#file).size : from;
    this.#release = log.beforeTruncation(() => {
      this.#readTo(fstatSync(this.#file).size);
      this.#offset = 0;
    });
    this.#watch();
  }

  /** Reads what is there now; what is more than a megabyte in the turns to come. */
  read(): void {
    if (this.#closed || this.#goesOn) return;
    const { size, nlink } = fstatSync(this.#file);
    if (size < this.#offset) this.#offset = 0;
    this.#readTo(Math.min(size, this.#offset + mostPerTurn));
    if (this.#offset < size) {
      this.#goesOn = true;
      setImmediate(() => {
        this.#goesOn = false;
        this.read();
      });
    } else if (nlink === 0) this.#reopen();
  }

  #readTo(size: number): void {
    while (!this.#closed && this.#offset < size) {
      const most = Math.min(chunk.length, size - this.#offset);
      const read = readSync(this.#file, chunk, 0, most, this.#offset);
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
    closeSync(this.#file);
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
      const file = openSync(this.#path, "a+", 0o600);
      closeSync(this.#file);
      this.#file = file;
      this.#offset = 0;
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
