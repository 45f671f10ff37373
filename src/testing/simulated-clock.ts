/**
 * A clock that stands still until a test moves it, so that ten minutes of a robot's life take a millisecond.
 *
 * It knows nothing of managers or supervisors: whoever takes a `Clock` runs on it. Between two timers it lets every
 * promise settle, so that what a timer caused has happened before the next one fires.
 */
import type { Clock, TimerHandle } from "../clock.ts";

/** A {@link Clock} with the hand on it. Times are ms from 0. */
export interface SimulatedClock extends Clock {
  /** How many timers are set. */
  readonly pending: number;
  /** When the next timer fires; undefined when none is set. */
  readonly nextAt: number | undefined;
  /** Moves time on by `ms`, firing what comes due in order of time, then of setting. Settles before, between, after. */
  advance(ms: number): Promise<void>;
  /**
   * Fires timers until none is left. Resolves with the time that took, ms.
   *
   * @param limitMs - the moment to stop at even if timers are left: something may repeat for ever. Default: one hour.
   */
  runAll(limitMs?: number): Promise<number>;
  /** Lets promises settle without moving time. */
  settle(): Promise<void>;
}

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

// Taken when loaded: a test runner's fake timers must not hold up the real event loop's turn.
const nextTurn = setImmediate;

const oneHourMs = 3_600_000;

/**
 * A new simulated clock at time 0.
 *
 * @example
 * ```ts
 * import { simulatedClock } from "modeshift/testing";
 * const clock = simulatedClock();
 * let rings = 0;
 * clock.setTimeout(() => (rings += 1), 10_000);
 * await clock.advance(9_999);
 * rings; // => 0
 * await clock.advance(1);
 * rings; // => 1
 * ```
 */
export function simulatedClock(): SimulatedClock {
  return new ManualClock();
}

class ManualClock implements SimulatedClock {
  readonly #timers = new Set<Timer>();
  #time = 0;

  get pending(): number {
    return this.#timers.size;
  }

  get nextAt(): number | undefined {
    return this.#next()?.at;
  }

  now(): number {
    return this.#time;
  }

  setTimeout(callback: () => void, delayMs: number): TimerHandle {
    const timer: Timer = { at: this.#time + Math.max(0, delayMs), callback };
    this.#timers.add(timer);
    return timer;
  }

  clearTimeout(handle: TimerHandle): void {
    this.#timers.delete(handle as Timer);
  }

  async advance(ms: number): Promise<void> {
    const end = this.#time + ms;
    await this.#runUntil(end);
    this.#time = end;
  }

  async runAll(limitMs = oneHourMs): Promise<number> {
    const before = this.#time;
    await this.#runUntil(before + limitMs);
    return this.#time - before;
  }

  settle(): Promise<void> {
    return new Promise((resolve) => {
      nextTurn(resolve);
    });
  }

  async #runUntil(end: number): Promise<void> {
    await this.settle();
    for (let timer = this.#next(); timer !== undefined && timer.at <= end; timer = this.#next()) {
      this.#timers.delete(timer);
      this.#time = Math.max(this.#time, timer.at);
      timer.callback();
      await this.settle();
    }
  }

  // The first set of the earliest: a Set iterates in order of insertion.
  #next(): Timer | undefined {
    let earliest: Timer | undefined;
    for (const timer of this.#timers) if (earliest === undefined || timer.at < earliest.at) earliest = timer;
    return earliest;
  }
}
