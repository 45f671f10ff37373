/**
 * The longest chain: the steps that made a transition as long as it was (I5), from the last back to the first.
 *
 * @import { Bar, Transition } from "./transitions.js"
 */

/**
 * First to last. While the transition runs, a step under way counts as ending now. A stop that took no time to speak of
 * is left out: what has no process is stopped at once.
 *
 * @param {Transition} transition
 * @param {number} now
 * @returns {readonly Bar[]}
 */
export function longestChain({ bars, at, endAt }, now) {
  const end = (/** @type {Bar} */ bar) => bar.endAt ?? endAt ?? now;
  const begun = bars.filter((bar) => bar.beginAt !== null);
  const byEnd = begun.toSorted((a, b) => end(b) - end(a));
  /** @type {Bar[]} */
  const chain = [];
  let next = byEnd[0];
  while (next !== undefined) {
    chain.unshift(next);
    const last = next;
    next = byEnd.find((bar) => !chain.includes(bar) && precedes(bar, last));
  }
  const leastMs = ((endAt ?? now) - at) / 100;
  return chain.filter((bar) => bar.kind !== "stop" || end(bar) - (bar.beginAt ?? 0) >= Math.max(1, leastMs));
}

/**
 * @param {Bar} bar
 * @param {Bar} later
 * @returns {boolean}
 */
function precedes(bar, later) {
  if (bar.leg !== later.leg) return bar.leg < later.leg;
  if (later.after.includes(bar.node) && (bar.kind === later.kind || bar.kind === "wait")) return true;
  // The barrier: every stop ends before the first start begins (I3).
  return later.kind === "start" && bar.kind === "stop";
}
