/**
 * The spawner: a small Node process that starts nodes for the manager, so that a spawn costs the same whatever the
 * manager's memory is and never blocks its event loop (ADR 0007).
 *
 * What it runs is in spawner-main.ts. Processes survive it: when it dies another one takes the next orders, and what
 * the dead one had started is looked after by looking, ten times a second.
 */
import { spawn, type ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import type { Clock, TimerHandle } from "../clock.ts";
import { codeOf } from "../errors.ts";
import { isAlive, isBusy, readStat, type ProcessIdentity } from "./process-tree.ts";
import { spawnerProgram, type SpawnerOrder, type SpawnerReply, type SpawnerSetup } from "./spawner-main.ts";
import type { Turns } from "./turns.ts";

/** A process to start. */
export type SpawnOrder = Omit<Extract<SpawnerOrder, { id: number }>, "id">;

/** One that was started. `isBusy`: it was still at work when we heard of it. */
export interface SpawnedProcess extends ProcessIdentity {
  readonly isBusy: boolean;
}

/** What becomes of it, told in later turns. */
export interface SpawnReport {
  spawned(process: SpawnedProcess, logProblem: string | undefined): void;
  /** Not started, for the system's reason. Nothing more is told. */
  failed(code: string): void;
  /** It wrote a line to its readiness descriptor. */
  said(): void;
  exited(code: number | null, signal: string | null): void;
  /** The spawner died before it could tell: the process, if it was started. */
  find(): number | undefined;
}

/** What a spawner works with. */
export interface SpawnerOptions {
  readonly clock: Clock;
  readonly turns: Turns;
  readonly setup: SpawnerSetup;
  /** The marker's value (environment.ts). */
  readonly run: string;
}

interface Task {
  readonly report: SpawnReport;
  process?: ProcessIdentity;
}

const lookEveryMs = 100;
/** From a fork to its exec, on a busy machine. */
const lastForkMs = 200;
/** The less memory and the fewer threads it has, the cheaper is each fork. */
const lean = ["--max-semi-space-size=1", "--v8-pool-size=1"];

/** See the file header. */
export class Spawner {
  readonly #options: SpawnerOptions;
  #process: ChildProcess | undefined;
  #tasks = new Map<number, Task>();
  readonly #orphans = new Set<Task>();
  #lastId = 0;
  #load = 0;
  #isUp = false;
  /** The code with which the last attempt to start one has failed. */
  #whyNone = "EAGAIN";
  #timer: TimerHandle;
  #closed = false;

  /** Starts the process at once; it takes orders before it is up. */
  constructor(options: SpawnerOptions) {
    this.#options = options;
    this.begin();
  }

  /** Orders that have not been answered. */
  get load(): number {
    return this.#load;
  }

  /** Its process has come up, and lives. */
  get isUp(): boolean {
    return this.#isUp;
  }

  spawn(order: SpawnOrder, report: SpawnReport): void {
    this.begin();
    if (this.#process === undefined) {
      const why = this.#whyNone;
      setImmediate(() => {
        report.failed(why);
      });
      return;
    }
    this.#lastId += 1;
    this.#load += 1;
    this.#tasks.set(this.#lastId, { report });
    this.#holdOpen();
    this.#tell({ id: this.#lastId, ...order });
  }

  close(): void {
    this.#closed = true;
    this.#options.clock.clearTimeout(this.#timer);
    this.#process?.stdin?.end();
  }

  #tell(order: SpawnerOrder): void {
    this.#process?.stdin?.write(`${JSON.stringify(order)}\n`);
  }

  /** Starts the process when there is none; `spawn` does so, too. */
  begin(): void {
    if (this.#process !== undefined) return;
    let child: ChildProcess;
    try {
      child = spawn(process.execPath, [...lean, "-e", spawnerProgram(process.pid)], {
        detached: true,
        stdio: ["pipe", "pipe", "ignore"],
        // Marked, so that whatever it forks is known as ours before it is a node.
        env: { PATH: process.env["PATH"], MODESHIFT_RUN: this.#options.run },
      });
    } catch (error) {
      this.#whyNone = codeOf(error) ?? "EAGAIN";
      return;
    }
    child.on("error", (error) => {
      this.#ended(child, codeOf(error));
    });
    // Not its exit: its last words may still be in the pipe.
    child.once("close", () => {
      this.#options.turns.add(() => {
        this.#ended(child);
      });
    });
    this.#process = child;
    // Its error comes in a moment, to whoever has given it orders by then.
    if (child.pid === undefined) return;
    child.stdin?.on("error", () => undefined);
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).on("line", (line) => {
        this.#options.turns.add(() => {
          this.#hear(JSON.parse(line) as SpawnerReply);
        });
      });
    }
    this.#tell(this.#options.setup);
    this.#holdOpen();
  }

  /** An embedding program may end by itself, but not while nodes run. */
  #holdOpen(): void {
    const how = this.#tasks.size === 0 ? "unref" : "ref";
    this.#process?.[how]();
    for (const stream of [this.#process?.stdin, this.#process?.stdout]) {
      (stream as Socket | null | undefined)?.[how]();
    }
  }

  #hear(reply: SpawnerReply): void {
    if ("up" in reply) {
      this.#isUp = true;
      return;
    }
    const task = this.#tasks.get(reply.id);
    if (task === undefined) return;
    if ("pid" in reply) {
      this.#load -= 1;
      const process = identify(reply.pid);
      task.process = process;
      task.report.spawned(process, reply.logProblem);
    } else if ("said" in reply) task.report.said();
    else {
      this.#tasks.delete(reply.id);
      this.#holdOpen();
      if ("failed" in reply) {
        this.#load -= 1;
        task.report.failed(reply.failed);
      } else task.report.exited(reply.code, reply.signal);
    }
  }

  /** `code`: why it could not even be started. */
  #ended(child: ChildProcess, code = "EAGAIN"): void {
    if (this.#process !== child) return;
    this.#process = undefined;
    this.#isUp = false;
    this.#load = 0;
    const tasks = this.#tasks;
    this.#tasks = new Map();
    if (this.#closed) return;
    const lost = [...tasks.values()].filter((task) => !this.#adopt(task));
    this.#look();
    if (lost.length === 0) return;
    // What it forked last is not exec'ed yet, and bears no name.
    this.#options.clock.setTimeout(() => {
      for (const task of lost) if (!this.#adopt(task)) task.report.failed(code);
      this.#look();
    }, lastForkMs);
  }

  /** Looks after the task's process from now on; false when there is none. */
  #adopt(task: Task): boolean {
    const pid = task.process?.pid ?? task.report.find();
    if (pid === undefined) return false;
    if (task.process === undefined) {
      const process = identify(pid);
      task.process = process;
      task.report.spawned(process, undefined);
    }
    this.#orphans.add(task);
    return true;
  }

  #look(): void {
    this.#options.clock.clearTimeout(this.#timer);
    for (const task of this.#orphans) {
      if (task.process !== undefined && isAlive(task.process)) continue;
      this.#orphans.delete(task);
      task.report.exited(null, null);
    }
    if (this.#orphans.size === 0 || this.#closed) return;
    this.#timer = this.#options.clock.setTimeout(() => {
      this.#look();
    }, lookEveryMs);
  }
}

function identify(pid: number): SpawnedProcess {
  const stat = readStat(pid);
  return { pid, start: stat?.start ?? 0, isBusy: isBusy(stat) };
}
