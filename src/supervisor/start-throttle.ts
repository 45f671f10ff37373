/**
 * Spreads spawns over time: one per turn of the event loop, and only so many nodes booting at once as keep the
 * processors busy (DESIGN section 6): each more takes them from the manager, which then reads no urgent request (I9).
 *
 * A node boots until it is first seen asleep: one that does little is so before we hear that it runs, a script after a
 * tenth of a second of work. Looked at are only nodes that hold back others, and only while they do.
 */
import { availableParallelism } from "node:os";
import type { Clock, TimerHandle } from "../clock.ts";
import { isBusy, readStat } from "./process-tree.ts";

/** A spawn that has been asked for. */
export interface StartTicket {
  /** Exec'ed: it boots, unless it sleeps already. */
  spawned(pid: number, isBusy: boolean): void;
  /** Not wanted any more, or ended: it does not boot. Idempotent. */
  done(): void;
}

/** What a throttle works with. */
export interface ThrottleOptions {
  readonly clock: Clock;
  /** Nodes that boot at once. Default: two for each processor, so that none has to wait. */
  readonly limit?: number;
  /** Whether a process still wants a processor. Default: what /proc says. */
  readonly look?: (pid: number) => boolean;
}

/** Orders under way at once while nodes are found asleep, so that no spawner (spawner-pool.ts) waits for us. */
const widest = 16;
/** Between two looks at those that hold others back. */
const lookEveryMs = 3;
/** For so long a node may hold others back: it may be one that never sleeps, or a slow one on a busy machine. */
const longestHoldMs = 100;

interface Pending extends StartTicket {
  readonly spawn: () => void;
}

/** One that boots. */
interface Booting {
  readonly pid: number;
  /** When it stops holding others back. */
  readonly until: number;
}

/** The queue of spawns of one supervisor. */
export class StartThrottle {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #look: (pid: number) => boolean;
  readonly #pending = new Set<Pending>();
  readonly #ordered = new Set<Pending>();
  readonly #booting = new Map<Pending, Booting>();
  /** On order or booting at once: grows with every node that is found asleep, until one is found busy. */
  #window: number;
  #scheduled = false;
  #timer: TimerHandle;

  constructor({ clock, limit = 2 * availableParallelism(), look = lookAt }: ThrottleOptions) {
    this.#clock = clock;
    this.#limit = limit;
    this.#window = limit;
    this.#look = look;
  }

  /** Calls `spawn` in a later turn. */
  request(spawn: () => void): StartTicket {
    const ticket: Pending = {
      spawn,
      spawned: (pid, isBusyYet) => {
        if (!this.#ordered.delete(ticket)) return;
        this.#window = isBusyYet ? this.#limit : Math.min(Math.max(widest, this.#limit), this.#window + 1);
        if (isBusyYet) this.#booting.set(ticket, { pid, until: this.#clock.now() + longestHoldMs });
        this.#schedule();
      },
      done: () => {
        this.#pending.delete(ticket);
        this.#ordered.delete(ticket);
        this.#booting.delete(ticket);
        this.#schedule();
      },
    };
    // Another crowd, of whose nodes nothing is known yet.
    if (this.#pending.size + this.#ordered.size === 0) this.#window = this.#limit;
    this.#pending.add(ticket);
    this.#schedule();
    return ticket;
  }

  #schedule(): void {
    if (this.#pending.size === 0 || this.#scheduled || this.#isHeld()) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#spawnNext();
      this.#schedule();
    });
  }

  #isHeld(): boolean {
    if (this.#hasRoom()) return false;
    // What is on order tells when it boots.
    if (this.#timer !== undefined || this.#booting.size === 0) return true;
    const now = this.#clock.now();
    for (const [ticket, { pid, until }] of this.#booting) {
      if (now >= until || !this.#look(pid)) this.#booting.delete(ticket);
    }
    if (this.#hasRoom()) return false;
    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = undefined;
      this.#schedule();
    }, lookEveryMs);
    return true;
  }

  #hasRoom(): boolean {
    return this.#ordered.size + this.#booting.size < this.#window;
  }

  #spawnNext(): void {
    const [next] = this.#pending;
    if (next === undefined) return;
    this.#pending.delete(next);
    this.#ordered.add(next);
    next.spawn();
  }
}

function lookAt(pid: number): boolean {
  return isBusy(readStat(pid));
}
