/**
 * `ready: { log }`: a line of the node's output matches a pattern.
 *
 * The pattern is a regular expression; one that is none is searched for as it stands. The log file is watched, not
 * polled, and only lines of this incarnation count.
 */
import { LogFollower } from "../log-follower.ts";
import type { ReadinessContext, ReadinessWatch } from "./readiness-watch.ts";

/** Ready at the first matching line. A log that cannot be read never matches. */
export function watchLog(pattern: string, context: ReadinessContext): ReadinessWatch {
  const matches = matcher(pattern);
  let seen = false;
  let follower: LogFollower | undefined;
  const onLine = (line: string): void => {
    if (seen || !matches(line)) return;
    seen = true;
    follower?.close();
    context.onReady();
  };
  try {
    follower = new LogFollower(context.log, context.clock, onLine, context.logStart);
    const first = follower;
    // What was written before the watch was set up makes no event.
    setImmediate(() => {
      first.read();
    });
  } catch {
    follower = undefined;
  }
  return {
    look: () => {
      follower?.read();
      return Promise.resolve(seen);
    },
    cancel: () => {
      follower?.close();
    },
  };
}

/** With `u` a pattern may not escape what needs no escape, and the catalogue allows that (config/build-nodes.ts). */
function matcher(pattern: string): (line: string) => boolean {
  for (const flags of ["u", ""]) {
    try {
      const expression = new RegExp(pattern, flags);
      return (line) => expression.test(line);
    } catch {
      continue;
    }
  }
  return (line) => line.includes(pattern);
}
