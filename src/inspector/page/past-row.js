/**
 * One line of the list of transitions.
 *
 * @import { Transition } from "./transitions.js"
 * @import { Sign } from "./words.js"
 */
import { element, setAttributes, setText } from "./element.js";
import { duration, named, outcomeSigns, timeOfDay } from "./words.js";

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
  const { from, to, at, endAt, legs } = transition;
  const sign = signOf(transition);
  mark.className = `mark ${sign.tone}`;
  setText(mark, sign.mark);
  setText(way, `${named(from ?? "start")} → ${named(to ?? "stop")}`);
  setText(took, legs.length === 0 ? "" : duration((endAt ?? now) - at));
  const facts = [timeOfDay(at).slice(0, 8), sign.text, landedText(transition), causeText(transition)];
  setText(when, facts.filter(Boolean).join(" · "));
  setAttributes(root, { title: `${way.textContent}\n${when.textContent}` });
}

/**
 * @param {Transition} transition
 * @returns {Sign}
 */
function signOf({ result, endAt }) {
  if (result !== null) return outcomeSigns[result.outcome];
  if (endAt === null) return { mark: "◔", tone: "busy", text: "running" };
  return { mark: "■", tone: "off", text: "" };
}

/** What made it. @param {Transition} transition */
function causeText({ legs, by }) {
  const cause = legs[0]?.cause ?? "request";
  if (cause !== "request") return cause;
  return by === null ? "" : `by ${named(by)}`;
}

/** Where it ended, when that is not where it went. @param {Transition} transition */
function landedText({ result, to }) {
  if (result === null || result.currentMode === to) return "";
  return `in ${named(result.currentMode ?? "no mode")}`;
}
