/**
 * The logs of all nodes: which file is whose, and when one is rotated.
 *
 * Sizes are looked at on wake-ups that happen anyway (a node starts, ends, is asked for its log). For
 * nodes that write without ever waking us the log directory is watched: its first event ends the watch and sets a
 * timer for the next look, so that quiet nodes cost nothing and chatty ones one wake-up per interval.
 */
import { mkdirSync, watch, type FSWatcher } from "node:fs";
import { join } from "node:path";
import { Observable } from "rxjs";
import type { Clock, TimerHandle } from "../clock.ts";
import { messageOf } from "../errors.ts";
import { fileNameFor } from "./file-name.ts";
import { LogFile } from "./log-file.ts";
import { LogFollower } from "./log-follower.ts";
import type { NodeLog } from "./supervisor.ts";

const lookEveryMs = 5000;

/** Where logs are, and how large one may become before it is rotated. */
export interface LogOptions {
  readonly directory: string;
  readonly maxBytes: number;
}

/** The logs of one supervisor. */
export class LogStore {
  readonly #options: LogOptions;
  readonly #clock: Clock;
  readonly #report: (node: string, problem: string | undefined) => void;
  readonly #files = new Map<string, LogFile>();
  #watcher: FSWatcher | undefined;
  #timer: TimerHandle;
  #closed = false;

  constructor(
    options: LogOptions,
    clock: Clock,
    report: (node: string, problem: string | undefined) => void,
  ) {
    this.#options = options;
    this.#clock = clock;
    this.#report = report;
  }

  /** The node's file. It may not exist yet. */
  of(node: string): LogFile {
    let file = this.#files.get(node);
    if (file === undefined) {
      file = new LogFile(join(this.#options.directory, `${fileNameFor(node)}.log`));
      this.#files.set(node, file);
    }
    return file;
  }

  /** The node has been given its log, or runs without for this reason. */
  opened(node: string, problem: string | undefined): void {
    this.#report(node, problem && `the log of ${node} cannot be written: ${problem}`);
    this.#watch();
  }

  /** Rotates the node's log when it is too large. Returns its size before that. */
  check(node: string): number {
    const file = this.of(node);
    const size = file.size();
    if (size > this.#options.maxBytes) void file.rotate();
    return size;
  }

  /** The port's view of one node's log. */
  view(node: string): NodeLog {
    const file = this.of(node);
    return {
      tail: (lines) => {
        this.check(node);
        return Promise.resolve(file.tail(lines));
      },
      follow: (lines) =>
        new Observable((subscriber) => {
          try {
            const { older, from } = file.last(lines);
            for (const line of older) subscriber.next(line);
            const onLine = (line: string): void => {
              subscriber.next(line);
            };
            const follower = new LogFollower(file, this.#clock, onLine, from);
            subscriber.add(() => {
              follower.close();
            });
            follower.read();
          } catch (error) {
            this.#report(node, `the log of ${node} cannot be read: ${messageOf(error)}`);
            subscriber.complete();
          }
        }),
    };
  }

  /** Makes the directory. @throws the system's error */
  create(): void {
    mkdirSync(this.#options.directory, { recursive: true, mode: 0o700 });
  }

  close(): void {
    this.#closed = true;
    this.#watcher?.close();
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
  }

  #watch(): void {
    if (this.#closed || this.#watcher !== undefined || this.#timer !== undefined) return;
    try {
      this.#watcher = watch(this.#options.directory, { persistent: false }, () => {
        this.#stopWatching();
        this.#timer = this.#clock.setTimeout(() => {
          this.#timer = undefined;
          for (const node of this.#files.keys()) this.check(node);
          this.#watch();
        }, lookEveryMs);
      });
      this.#watcher.on("error", () => {
        this.#stopWatching();
      });
    } catch {
      // No watches to be had: sizes are looked at on other wake-ups only.
      this.#watcher = undefined;
    }
  }

  #stopWatching(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }
}
