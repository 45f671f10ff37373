/**
 * How states, outcomes, times and durations are said and marked. A mark differs in shape, so that colour is never
 * alone in telling.
 *
 * @import { NodeState, NodeExit } from "../../modes/observation.ts"
 * @import { Outcome } from "../../modes/result.ts"
 * @import { Phase } from "../../bus/event.ts"
 */

/**
 * ok: as it should be. busy: on its way. bad: needs a person. off: not there.
 *
 * @typedef {"ok" | "busy" | "bad" | "off"} Tone
 * @typedef {{ readonly mark: string, readonly tone: Tone, readonly text: string }} Sign
 */

/** @type {Readonly<Record<NodeState, Sign>>} */
export const nodeSigns = {
  ready: { mark: "●", tone: "ok", text: "ready" },
  done: { mark: "✓", tone: "ok", text: "done" },
  starting: { mark: "◔", tone: "busy", text: "starting" },
  stopping: { mark: "◕", tone: "busy", text: "stopping" },
  backoff: { mark: "↻", tone: "busy", text: "waits to restart" },
  stuck: { mark: "▲", tone: "bad", text: "stuck" },
  stopped: { mark: "○", tone: "off", text: "stopped" },
};

/** @type {Readonly<Record<Outcome, Sign>>} */
export const outcomeSigns = {
  changed: { mark: "✓", tone: "ok", text: "changed" },
  unchanged: { mark: "✓", tone: "ok", text: "unchanged" },
  degraded: { mark: "▲", tone: "bad", text: "degraded" },
  rolled_back: { mark: "↩", tone: "bad", text: "rolled back" },
  fell_back: { mark: "↓", tone: "bad", text: "fell back" },
  failed: { mark: "✕", tone: "bad", text: "failed" },
  expired: { mark: "⧗", tone: "off", text: "expired" },
  rejected: { mark: "⊘", tone: "off", text: "rejected" },
  superseded: { mark: "⇥", tone: "off", text: "superseded" },
};

/** @type {Readonly<Record<Phase, string>>} */
export const phaseTexts = {
  booting: "booting",
  idle: "settled",
  stopping: "stopping",
  starting: "starting",
  rolling_back: "rolling back",
  falling_back: "falling back",
  shutting_down: "shutting down",
  standby: "standing by",
};

const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/**
 * `340 ms`, `1.24 s`, `12.4 s`, `3 min 20 s`, `5 h 3 min`, `12 d 4 h`.
 *
 * @param {number} ms
 * @returns {string}
 */
export function duration(ms) {
  if (ms < 0) return "0 ms";
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9_995) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  return age(ms);
}

/**
 * The same without fractions, for what ticks once a second.
 *
 * @param {number} ms
 * @returns {string}
 */
export function age(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/**
 * A limit: `5 s`, `200 ms`.
 *
 * @param {number} ms
 * @returns {string}
 */
export function limit(ms) {
  return ms % 1000 === 0 ? age(ms) : duration(ms);
}

/**
 * `just now`, `4 s ago`.
 *
 * @param {number} ms
 * @returns {string}
 */
export function ago(ms) {
  return ms < 1_000 ? "just now" : `${age(ms)} ago`;
}

/**
 * A name to be put into a sentence. One that is written from right to left would otherwise reorder what is around it.
 *
 * @param {string} name
 * @returns {string}
 */
export function named(name) {
  return rightToLeft.test(name) ? `\u2068${name}\u2069` : name;
}

/**
 * The time of day, to the millisecond.
 *
 * @param {number} at - ms since the Unix epoch
 * @returns {string}
 */
export function timeOfDay(at) {
  const date = new Date(at);
  const pad = (/** @type {number} */ value, width = 2) => String(value).padStart(width, "0");
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => pad(part)).join(":");
  return `${clock}.${pad(date.getMilliseconds(), 3)}`;
}

/**
 * `exit 1`, `SIGKILL`, or nothing.
 *
 * @param {NodeExit | null | undefined} exit
 * @returns {string}
 */
export function exitText(exit) {
  if (exit === null || exit === undefined) return "";
  return exit.signal ?? (exit.code === null ? "end unknown" : `exit ${exit.code}`);
}

/**
 * `1 node`, `2 nodes`.
 *
 * @param {number} count
 * @param {string} thing
 * @returns {string}
 */
export function counted(count, thing) {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}
