/**
 * `ready: { fd }`: the node writes a line to a descriptor that it inherits, as nodes written for s6 do.
 *
 * The other end is the spawner's (spawner-main.ts), which tells us.
 */
import type { ReadinessContext, ReadinessWatch } from "./readiness-watch.ts";

/** Ready at the first line. */
export function watchDescriptor({ onSaid, onReady }: ReadinessContext): ReadinessWatch {
  let said = false;
  let cancelled = false;
  onSaid(() => {
    if (said) return;
    said = true;
    if (!cancelled) onReady();
  });
  return {
    // What was written before now is on its way through two processes: the turn that brings it is soon.
    look: () =>
      new Promise((resolve) => {
        setImmediate(() => {
          setImmediate(resolve, said);
        });
      }),
    cancel: () => {
      cancelled = true;
    },
  };
}
