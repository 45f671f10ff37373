/**
 * The guard: a shell that outlives the manager, whatever kills it, and ends the nodes then (I15).
 *
 * It reads from a pipe whose other end only the manager has: the end of file is the manager's death. What it does
 * then is in guard-script.ts. A guard that dies before its manager is replaced.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { constants, setPriority } from "node:os";
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

  /** Lets it go and resolves when it has gone. `done`: the nodes are stopped; else it looks whose they are, and ends ours. */
  async dismiss(done: boolean): Promise<void> {
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
    shell.stdin?.end(done ? "done\n" : "");
    await gone;
  }

  #post(): void {
    const { stateDir, epoch, run, deathGraceMs, cgroup, report } = this.#options;
    const argv = [stateDir, epoch, run, deathGraceMs / 1000, process.pid, cgroup ?? "", process.execPath].map(
      String,
    );
    let shell: ChildProcess;
    try {
      // The programs go by the environment, so that `ps` shows one line.
      shell = spawn("/bin/sh", ["-c", 'eval "$guard"', "modeshift-guard", ...argv], {
        detached: true,
        stdio: ["pipe", "ignore", "ignore"],
        // Not its path: another directory may come to be there, with a manager and nodes of its own.
        cwd: existsSync(stateDir) ? stateDir : "/",
        env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", guard: guardScript, hunt: huntProgram(run) },
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
    hurry(shell.pid);
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

/** When the manager dies the processors may be busy with its nodes. Not everybody may ask for it. */
function hurry(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_HIGH);
  } catch {
    // As it is, then.
  }
}
