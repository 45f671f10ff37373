/**
 * Spreads spawns over time: one per turn of the event loop, a few on order at once, and fewer while the event loop
 * is late (DESIGN section 6): then at most as many nodes boot at once as there are processors.
 *
 * Spawning itself is the spawner's time, but booting nodes take the processor from us. Lateness is measured only
 * while starts are pending, and one late turn counts for a while: most turns in which we look are short.
 */
import { availableParallelism } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Clock, TimerHandle } from "../clock.ts";

/** A spawn that has been asked for. */
export interface StartTicket {
  /** Exec'ed: the next one may be ordered. */
  spawned(): void;
  /** Not wanted any more, ended, or ready: it no longer counts as booting. Idempotent. */
  done(): void;
}

/** Orders under way at once, so that no spawner (spawner-pool.ts) waits for us. */
const window = 16;
const lateMs = 10;
const resolutionMs = 1;
/** For so long one late turn counts. */
const lateForMs = 50;
/** A booting node holds others back for so long at most: it may be one that takes for ever. */
const longestHoldMs = 100;

interface Pending extends StartTicket {
  readonly spawn: () => void;
}

/** The queue of spawns of one supervisor. */
export class StartThrottle {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #delay = monitorEventLoopDelay({ resolution: resolutionMs });
  readonly #pending = new Set<Pending>();
  readonly #ordered = new Set<Pending>();
  readonly #booting = new Set<Pending>();
  #scheduled = false;
  #lateUntil = 0;
  #hold: TimerHandle;

  constructor(clock: Clock, limit = availableParallelism()) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** Calls `spawn` in a later turn. */
  request(spawn: () => void): StartTicket {
    const ticket: Pending = {
      spawn,
      spawned: () => {
        if (!this.#ordered.delete(ticket)) return;
        this.#booting.add(ticket);
        this.#schedule();
      },
      done: () => {
        this.#pending.delete(ticket);
        this.#ordered.delete(ticket);
        this.#booting.delete(ticket);
        this.#schedule();
      },
    };
    if (this.#pending.size === 0) this.#delay.enable();
    this.#pending.add(ticket);
    this.#schedule();
    return ticket;
  }

  #schedule(): void {
    if (this.#pending.size === 0) this.#delay.disable();
    else if (!this.#scheduled && this.#ordered.size < window && !this.#isHeld()) {
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.#spawnNext();
        this.#schedule();
      });
    }
  }

  #isHeld(): boolean {
    if (this.#delay.max / 1e6 - resolutionMs > lateMs) this.#lateUntil = this.#clock.now() + lateForMs;
    this.#delay.reset();
    // What is on order boots in a moment.
    if (this.#clock.now() >= this.#lateUntil || this.#ordered.size + this.#booting.size < this.#limit) {
      return false;
    }
    if (this.#hold === undefined) {
      this.#hold = this.#clock.setTimeout(() => {
        this.#hold = undefined;
        this.#booting.clear();
        this.#schedule();
      }, longestHoldMs);
    }
    return true;
  }

  #spawnNext(): void {
    const [next] = this.#pending;
    if (next === undefined) return;
    this.#pending.delete(next);
    this.#ordered.add(next);
    next.spawn();
  }
}
