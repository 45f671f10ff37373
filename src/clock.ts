/**
 * The one source of time for machine, manager and supervisor (DESIGN section 6), so that tests run in virtual time.
 *
 * It leaves wall-clock stamps (`at` in results) to the manager. Times are milliseconds on a monotonic scale whose
 * zero means nothing: compare them, never print them.
 */

/** What a timer is cancelled by. Opaque. */
export type TimerHandle = unknown;

/** A monotonic clock. `setTimeout` must never call back synchronously; delays are in ms. */
export interface Clock {
  /** Milliseconds, monotonic, fractional. */
  now(): number;
  setTimeout(callback: () => void, delayMs: number): TimerHandle;
  clearTimeout(handle: TimerHandle): void;
}

// Node fires a timer at once when its delay does not fit 31 bits; a deadline of a month must not.
const longestDelayMs = 2 ** 31 - 1;

/** The machine's monotonic clock. Longest delay 24.8 days; longer ones are cut to it. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, Math.min(Math.max(0, delayMs), longestDelayMs)),
  clearTimeout: (handle) => {
    clearTimeout(handle as NodeJS.Timeout);
  },
};
