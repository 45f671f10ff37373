/**
 * The guard: a shell that outlives the manager, whatever kills it, and ends the nodes then (I15).
 *
 * It reads from a pipe whose other end only the manager has: the end of file is the manager's death. What it does
 * then is in guard-script.ts. A guard that dies before its manager is replaced.
 */
import { spawn, type ChildProcess } from "node:child_process";
import type { Clock, TimerHandle } from "../clock.ts";
import { codeOf } from "../errors.ts";
import { huntProgram } from "./guard-hunt.ts";
import { guardScript } from "./guard-script.ts";

/** What the guard has to know. */
export interface GuardOptions {
  readonly stateDir: string;
  readonly epoch: number;
  /** The marker's value (environment.ts). */
  readonly run: string;
  readonly deathGraceMs: number;
  /** The run's control group; undefined without. */
  readonly cgroup: string | undefined;
  readonly clock: Clock;
  /** What is wrong with it, undefined when it is well again. */
  readonly report: (problem: string | undefined) => void;
}

/** Pause before a guard that has died is replaced, so that one that cannot live does not keep us busy. */
const replaceMs = 200;

/** The guard of one manager. */
export class Guard {
  readonly #options: GuardOptions;
  #shell: ChildProcess | undefined;
  #timer: TimerHandle;
  #dismissed = false;

  constructor(options: GuardOptions) {
    this.#options = options;
    this.#post();
  }

  /** Undefined while there is none. */
  get pid(): number | undefined {
    return this.#shell?.pid;
  }

  /** Sends it home: the nodes are stopped. Resolves when it has gone. */
  async dismiss(): Promise<void> {
    this.#dismissed = true;
    this.#options.clock.clearTimeout(this.#timer);
    const shell = this.#shell;
    if (shell === undefined || shell.exitCode !== null || shell.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => {
      shell.once("exit", () => {
        resolve();
      });
    });
    shell.ref();
    shell.stdin?.end("done\n");
    await gone;
  }

  #post(): void {
    const { stateDir, epoch, run, deathGraceMs, cgroup, report } = this.#options;
    const place = [stateDir, epoch, run, deathGraceMs / 1000, process.pid, cgroup ?? ""].map(String);
    const argv = [...place, process.execPath, huntProgram(run)];
    let shell: ChildProcess;
    try {
      shell = spawn("/bin/sh", ["-c", guardScript, "modeshift-guard", ...argv], {
        detached: true,
        stdio: ["pipe", "ignore", "ignore"],
        cwd: "/",
        env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin" },
      });
    } catch (error) {
      this.#replace(codeOf(error) ?? "no reason given");
      return;
    }
    this.#shell = shell;
    shell.stdin?.on("error", () => undefined);
    shell.once("error", (error) => {
      this.#replace(codeOf(error) ?? error.message);
    });
    shell.once("exit", () => {
      this.#replace("it was killed");
    });
    if (shell.pid === undefined) return;
    report(undefined);
    // An embedding program may end by itself: then the guard does its work.
    shell.unref();
    (shell.stdin as { unref?: () => void } | null)?.unref?.();
  }

  #replace(why: string): void {
    this.#shell = undefined;
    if (this.#dismissed) return;
    this.#options.report(`no guard watches over the nodes at the moment: ${why}`);
    this.#timer = this.#options.clock.setTimeout(() => {
      this.#post();
    }, replaceMs);
  }
}
