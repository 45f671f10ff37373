/**
 * Ends one incarnation's whole tree: stop_signal to its group, the rest of stop_timeout for whoever shuts down
 * gracefully, then SIGKILL to everything that group, marker or control group still find, until nothing is left.
 *
 * "Gone" is said only when nothing lives; kill_timeout after SIGKILL it says "stuck" and keeps looking once a
 * second. Every signal is preceded by a look at the epoch (FENCED: touch nothing more).
 */
import type { Clock, TimerHandle } from "../clock.ts";
import type { NodeSpec } from "../modes/catalogue.ts";
import { readStat } from "./process-tree.ts";
import type { NodeTree } from "./node-tree.ts";
import { sendSignal } from "./signal.ts";

/** How a termination tells what it has come to. */
export interface TerminationReport {
  gone(): void;
  stuck(): void;
}

const firstPauseMs = 5;
const longestPauseMs = 50;
const stuckPauseMs = 1000;
/** How long one kill may take: a fork loop is stopped as a whole before it is killed. */
const killMs = 10;

/** One ending; see the file header. */
export class Termination {
  readonly #tree: NodeTree;
  readonly #spec: NodeSpec;
  readonly #clock: Clock;
  readonly #report: TerminationReport;
  readonly #signalled = new Set<number>();
  #phase: "asked" | "killing" | "stuck" | "gone" | undefined;
  #limit: TimerHandle;
  #pause: TimerHandle;
  #unwatch: (() => void) | undefined;
  #pauseMs = firstPauseMs;
  #groupAsked = false;
  #looking = false;

  constructor(tree: NodeTree, spec: NodeSpec, clock: Clock, report: TerminationReport) {
    this.#tree = tree;
    this.#spec = spec;
    this.#clock = clock;
    this.#report = report;
  }

  /** Asks the tree to end, or kills it. Asking again does nothing; a kill may come at any time. */
  begin(kill: boolean): void {
    if (this.#phase === "gone") return;
    if (kill || this.#phase === "stuck") this.#kill();
    else if (this.#phase === undefined) this.#ask();
  }

  /** To be called when the leader has ended. */
  leaderEnded(): void {
    if (this.#phase !== undefined) this.#look();
  }

  #ask(): void {
    this.#phase = "asked";
    this.#setLimit(() => {
      this.#kill();
    }, this.#spec.stopTimeoutMs);
    if (this.#tree.leaderEnded()) {
      this.#look();
      return;
    }
    if (this.#tree.fenced()) {
      this.#giveUp();
      return;
    }
    this.#groupAsked = true;
    this.#tree.asked?.();
    if (this.#tree.ownsGroup()) sendSignal(-this.#tree.group, this.#spec.stopSignal);
  }

  #kill(): void {
    const wasKilling = this.#phase === "killing";
    this.#phase = "killing";
    if (!wasKilling) this.#setLimit(this.#giveUp, this.#spec.killTimeoutMs);
    if (this.#tree.fenced()) {
      this.#giveUp();
      return;
    }
    if (!this.#tree.leaderEnded() && this.#tree.ownsGroup()) sendSignal(-this.#tree.group, "SIGKILL");
    this.#tree.killAtOnce();
    this.#pauseMs = firstPauseMs;
    // A killed leader's end wakes us; looking before it would find it dying.
    if (this.#tree.leaderEnded()) this.#look();
    else this.#lookAgain(longestPauseMs);
  }

  readonly #giveUp = (): void => {
    this.#phase = "stuck";
    this.#clock.clearTimeout(this.#limit);
    this.#report.stuck();
    if (!this.#tree.fenced()) this.#look();
  };

  #look(): void {
    if (this.#looking || this.#phase === "gone") return;
    this.#looking = true;
    this.#clock.clearTimeout(this.#pause);
    void this.#tree.survivors().then((pids) => {
      this.#looking = false;
      this.#judge(pids);
    });
  }

  #judge(pids: readonly number[]): void {
    if (this.#phase === "gone") return;
    if (pids.length === 0 && this.#tree.leaderEnded()) {
      this.#finish();
      return;
    }
    if (!this.#tree.fenced()) {
      if (this.#phase === "asked") this.#askOthers(pids);
      else this.#killOthers();
    }
    // While the leader is being asked its end wakes us; what it has left behind has to be looked after.
    if (this.#phase === "asked" && (!this.#tree.leaderEnded() || this.#watch())) return;
    this.#lookAgain(this.#phase === "stuck" ? stuckPauseMs : this.#pauseMs);
    this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 2);
  }

  #finish(): void {
    this.#phase = "gone";
    this.#unwatch?.();
    this.#clock.clearTimeout(this.#limit);
    this.#report.gone();
  }

  /** Those outside the group have not heard the stop signal yet; nobody hears it twice. */
  #askOthers(pids: readonly number[]): void {
    for (const pid of pids) {
      if (this.#signalled.has(pid)) continue;
      this.#signalled.add(pid);
      const heard = this.#groupAsked && readStat(pid)?.group === this.#tree.group;
      if (!heard) sendSignal(pid, this.#spec.stopSignal);
    }
  }

  #killOthers(): void {
    const until = this.#clock.now() + killMs;
    const stopped = new Set<number>();
    for (let before = -1; stopped.size > before && this.#clock.now() <= until;) {
      before = stopped.size;
      for (const pid of this.#tree.freeze()) stopped.add(pid);
    }
    for (const pid of stopped) sendSignal(pid, "SIGKILL");
  }

  /** Where the system tells of the tree's end, nothing is asked again and again. */
  #watch(): boolean {
    if (this.#unwatch !== undefined) return true;
    this.#unwatch = this.#tree.watch?.(() => {
      this.#look();
    });
    // It may have ended between the look and the watch.
    if (this.#unwatch !== undefined) this.#look();
    return this.#unwatch !== undefined;
  }

  #lookAgain(pauseMs: number): void {
    this.#clock.clearTimeout(this.#pause);
    this.#pause = this.#clock.setTimeout(() => {
      this.#look();
    }, pauseMs);
  }

  #setLimit(callback: () => void, delayMs: number): void {
    this.#clock.clearTimeout(this.#limit);
    this.#limit = this.#clock.setTimeout(callback, delayMs);
  }
}
