/**
 * Tells how far a transition is, at most ten times a second, and always the newest (SEMANTICS, Events).
 *
 * The timer runs only while there is something to tell: nothing polls when idle.
 */
import type { Clock, TimerHandle } from "../clock.ts";

const intervalMs = 100;

/** See the file header. */
export interface ProgressTeller {
  /** Something has changed. */
  changed(): void;
  /** Drops what has not been told. */
  stop(): void;
}

/** Calls `tell` at once, then at most every 100 ms while `changed` is called. */
export function createProgressTeller(clock: Clock, tell: () => void): ProgressTeller {
  let timer: TimerHandle = null;
  let last = -Infinity;

  function now(): void {
    timer = null;
    last = clock.now();
    tell();
  }

  return {
    changed() {
      if (timer !== null) return;
      const dueInMs = last + intervalMs - clock.now();
      if (dueInMs <= 0) now();
      else timer = clock.setTimeout(now, dueInMs);
    },
    stop() {
      if (timer !== null) clock.clearTimeout(timer);
      timer = null;
    },
  };
}
