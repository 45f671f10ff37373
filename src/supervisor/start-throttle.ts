/**
 * Spreads spawns over the turns of the event loop: one per turn, and fewer while the machine cannot keep up.
 *
 * A spawn blocks the loop until the child has been exec'ed, which takes the longer the more nodes are booting. So
 * once spawning is late, at most as many nodes boot at once as there are processors, until it is not late any more
 * (DESIGN section 6). Nothing is measured while no start is pending.
 */
import { availableParallelism } from "node:os";
import type { Clock, TimerHandle } from "../clock.ts";

/** A spawn that has been asked for. */
export interface StartTicket {
  /** Not wanted any more, or the node is up: it no longer counts as booting. Idempotent. */
  done(): void;
}

/** Late: a turn with a spawn in it took longer. */
const lateMs = 5;
/** A booting node holds back others for so long at most; it may be one that never gets ready. */
const longestHoldMs = 200;

interface Pending extends StartTicket {
  readonly spawn: () => void;
}

/** The queue of spawns of one supervisor. */
export class StartThrottle {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #pending = new Set<Pending>();
  readonly #booting = new Set<Pending>();
  #scheduled = false;
  #late = false;
  #hold: TimerHandle;

  constructor(clock: Clock, limit = availableParallelism()) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** Calls `spawn` in a later turn. */
  request(spawn: () => void): StartTicket {
    const ticket: Pending = {
      spawn,
      done: () => {
        this.#pending.delete(ticket);
        if (this.#booting.delete(ticket)) this.#schedule();
      },
    };
    this.#pending.add(ticket);
    this.#schedule();
    return ticket;
  }

  #schedule(): void {
    if (this.#scheduled || this.#pending.size === 0) return;
    if (this.#late && this.#booting.size >= this.#limit) {
      this.#holdOn();
      return;
    }
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#spawnNext();
      this.#schedule();
    });
  }

  #holdOn(): void {
    if (this.#hold !== undefined) return;
    this.#hold = this.#clock.setTimeout(() => {
      this.#hold = undefined;
      this.#booting.clear();
      this.#schedule();
    }, longestHoldMs);
  }

  #spawnNext(): void {
    const [next] = this.#pending;
    if (next === undefined) return;
    this.#pending.delete(next);
    this.#booting.add(next);
    const before = performance.now();
    next.spawn();
    this.#late = performance.now() - before > lateMs;
  }
}
