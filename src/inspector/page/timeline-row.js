/**
 * One bar of the timeline: when its turn came, how long it took, and what it was waiting for.
 *
 * @import { Bar } from "./transitions.js"
 */
import { element, setAttributes, setText } from "./element.js";
import { duration, named } from "./words.js";

const verbs = { stop: "stop", start: "start", wait: "await" };
const doing = { stop: "stopping", start: "starting", wait: "getting ready" };

/**
 * @typedef {object} Span
 * @property {number} at - where the timeline begins
 * @property {number} until - where it ends for now
 * @property {boolean} isOver
 * @property {boolean} onChain
 */

/** @typedef {ReturnType<typeof createStepRow>} StepRow */

/** An empty row. */
export function createStepRow() {
  const verb = element("span", { class: "verb" });
  const name = element("span", { class: "name" });
  const queue = element("i", { class: "queue" });
  const ready = element("i", { class: "ready" });
  const box = element("i", { class: "bar" }, ready);
  const took = element("span", { class: "took" });
  const share = element("span", { class: "unseen" });
  const link = element(
    "span",
    { class: "link" },
    element("span", { "aria-hidden": "true" }, "◆"),
    element("span", { class: "unseen" }, "on the longest chain"),
  );
  const lane = element("span", { class: "lane" }, queue, box);
  const parts = { verb, name, queue, box, ready, took, share, link };
  return { root: element("div", {}, verb, name, lane, took, share, link), ...parts };
}

/**
 * @param {StepRow} row
 * @param {Bar} bar
 * @param {Span} span
 */
export function fillStepRow(row, bar, { at, until, isOver, onChain }) {
  const begin = bar.beginAt ?? until;
  const end = bar.endAt ?? until;
  const isCut = isOver && bar.endAt === null;
  const isMoving = !isOver && bar.beginAt !== null && bar.endAt === null;
  const whole = Math.max(1, until - at);
  setText(row.verb, verbs[bar.kind]);
  setText(row.name, bar.node);
  setText(row.took, timeText(bar, end, isCut));
  setAttributes(row.link, { hidden: !onChain });
  place(row.queue, (bar.plannedAt - at) / whole, (begin - bar.plannedAt) / whole);
  place(row.box, (begin - at) / whole, bar.beginAt === null ? 0 : (end - begin) / whole);
  const awaitedMs = awaitedFor(bar, end);
  const share = awaitedMs / Math.max(1, end - begin);
  place(row.ready, 1 - share, share);
  setText(row.share, awaitedMs < 1 ? "" : `, ${awaitedText(awaitedMs)}`);
  const marks = { failed: bar.failed, cut: isCut, moving: isMoving, "on-chain": onChain };
  setAttributes(row.root, {
    class: [
      "step",
      bar.kind,
      ...Object.entries(marks).flatMap(([name, isSet]) => (isSet ? [name] : [])),
    ].join(" "),
    title: titleOf(bar, awaitedMs, isCut),
  });
}

/**
 * @param {HTMLElement} target
 * @param {number} left
 * @param {number} width
 */
function place(target, left, width) {
  target.style.left = `${Math.max(0, left) * 100}%`;
  target.style.width = `${Math.max(0, width) * 100}%`;
  target.hidden = width <= 0;
}

/**
 * @param {Bar} bar
 * @param {number} end
 * @param {boolean} isCut
 * @returns {string}
 */
function timeText({ beginAt, failed }, end, isCut) {
  if (beginAt === null) return isCut ? "not begun" : "waits";
  return `${failed ? "✕ " : ""}${duration(end - beginAt)}`;
}

/**
 * How long the process ran before it was ready, ms.
 *
 * @param {Bar} bar
 * @param {number} end
 * @returns {number}
 */
function awaitedFor({ kind, beginAt, spawnedAt }, end) {
  const from = kind === "wait" ? beginAt : spawnedAt;
  return from === null ? 0 : Math.max(0, end - from);
}

/** @param {number} ms */
function awaitedText(ms) {
  return `${duration(ms)} of it waiting for readiness`;
}

/**
 * @param {Bar} bar
 * @param {number} awaitedMs
 * @param {boolean} isCut
 * @returns {string}
 */
function titleOf({ kind, node, after, beginAt, plannedAt, failed }, awaitedMs, isCut) {
  const parts = [`${doing[kind]} ${named(node)}`];
  if (after.length > 0) parts.push(`after ${after.map(named).join(", ")}`);
  const waitedMs = (beginAt ?? plannedAt) - plannedAt;
  if (waitedMs > 1) parts.push(`waited ${duration(waitedMs)} for its turn`);
  if (awaitedMs >= 1) parts.push(awaitedText(awaitedMs));
  if (failed) parts.push("failed");
  if (isCut) parts.push("cut short");
  return parts.join("; ");
}
