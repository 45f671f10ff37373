/**
 * One line of the list of transitions.
 *
 * @import { Transition } from "./transitions.js"
 * @import { Sign } from "./words.js"
 */
import { element, setAttributes, setText } from "./element.js";
import { duration, outcomeSigns, timeOfDay } from "./words.js";

/** @typedef {ReturnType<typeof createPastRow>} PastRow */

/** An empty line. */
export function createPastRow() {
  const mark = element("span", { class: "mark" });
  const way = element("span", { class: "way" });
  const took = element("span", { class: "took" });
  const when = element("span", { class: "when" });
  return { root: element("div", { class: "past-row" }, mark, way, took, when), mark, way, took, when };
}

/**
 * @param {PastRow} row
 * @param {Transition} transition
 * @param {number} now
 */
export function fillPastRow({ root, mark, way, took, when }, transition, now) {
  const { from, to, at, endAt } = transition;
  const sign = signOf(transition);
  mark.className = `mark ${sign.tone}`;
  setText(mark, sign.mark);
  setText(way, `${from ?? "start"} → ${to ?? "stop"}`);
  setAttributes(root, { title: way.textContent });
  setText(took, duration((endAt ?? now) - at));
  setText(
    when,
    `${timeOfDay(at).slice(0, 8)} · ${causeText(transition)}${sign.text}${landedText(transition)}`,
  );
}

/**
 * @param {Transition} transition
 * @returns {Sign}
 */
function signOf({ result, endAt }) {
  if (result !== null) return outcomeSigns[result.outcome];
  if (endAt === null) return { mark: "◔", tone: "busy", text: "running" };
  return { mark: "■", tone: "off", text: "ended" };
}

/** @param {Transition} transition */
function causeText({ legs }) {
  const cause = legs[0]?.cause ?? "request";
  return cause === "request" ? "" : `${cause} · `;
}

/** Where it ended, when that is not where it went. @param {Transition} transition */
function landedText({ result, to }) {
  return result === null || result.currentMode === to ? "" : ` · in ${result.currentMode ?? "no mode"}`;
}
