/**
 * `ready: { delay }`: the node counts as ready after a fixed time.
 */
import type { ReadinessContext, ReadinessWatch } from "./readiness-watch.ts";

/** Ready `delayMs` after the spawn. */
export function watchDelay(delayMs: number, { clock, onReady }: ReadinessContext): ReadinessWatch {
  const due = clock.now() + delayMs;
  const timer = clock.setTimeout(onReady, delayMs);
  return {
    look: () => Promise.resolve(clock.now() >= due),
    cancel: () => {
      clock.clearTimeout(timer);
    },
  };
}
