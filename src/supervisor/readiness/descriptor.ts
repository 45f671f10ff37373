/**
 * `ready: { fd }`: the node writes a line to a descriptor that it inherits, as s6 and systemd-notify wrappers do.
 *
 * The pipe is read, and what comes is thrown away, as long as the node lives: closing our end would kill a node that
 * writes a heartbeat to it (SIGPIPE).
 */
import type { ReadinessContext, ReadinessWatch } from "./readiness-watch.ts";

/** Ready at the first line end on the pipe. */
export function watchDescriptor({ pipe, onReady }: ReadinessContext): ReadinessWatch {
  let said = false;
  let cancelled = false;
  pipe?.on("error", () => undefined);
  pipe?.on("data", (data: Buffer) => {
    if (said || !data.includes("\n")) return;
    said = true;
    if (!cancelled) onReady();
  });
  return {
    look: () =>
      new Promise((resolve) => {
        // What has been written is read in the coming turn.
        setImmediate(() =>
          setImmediate(() => {
            resolve(said);
          }),
        );
      }),
    cancel: () => {
      cancelled = true;
    },
  };
}
