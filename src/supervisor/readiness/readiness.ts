/**
 * Whether a started node is ready yet: one watcher per kind, the same small interface for all.
 *
 * Time-outs are the caller's; a watcher only says "ready" once, can be asked to look once more (I17), and can be
 * cancelled. Those that have to ask again and again do so only while the node starts.
 */
import { watchDelay } from "./delay.ts";
import { watchDescriptor } from "./descriptor.ts";
import { askHttp } from "./http.ts";
import { watchLog } from "./log.ts";
import { askAgain } from "./polling.ts";
import { askProbe } from "./probe.ts";
import type { ReadinessContext, ReadinessWatch } from "./readiness-watch.ts";
import { askTcp } from "./tcp.ts";

const never: ReadinessWatch = { look: () => Promise.resolve(false), cancel: () => undefined };

/** Starts watching. A oneshot is ready by its end, which is not watched here. */
export function watchReadiness(context: ReadinessContext): ReadinessWatch {
  const { spec } = context;
  if (spec.oneshot) return never;
  const { ready } = spec;
  switch (ready.kind) {
    case "exec":
      context.onReady();
      return never;
    case "log":
      return watchLog(ready.pattern, context);
    case "fd":
      return watchDescriptor(context);
    case "delay":
      return watchDelay(ready.delayMs, context);
    case "tcp":
      return askAgain((signal) => askTcp(ready.port, ready.host, signal), context);
    case "http":
      return askAgain((signal) => askHttp(ready.url, signal), context);
    case "probe":
      return askAgain((signal) => askProbe(ready.command, context, signal), context, {
        firstMs: 50,
        lastMs: 500,
      });
  }
}
