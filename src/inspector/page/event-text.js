/**
 * An event as a sentence and a sign.
 *
 * @import { EventData, ManagerEvent } from "../../bus/event.ts"
 * @import { Sign } from "./words.js"
 */
import { counted, duration, exitText, named, nodeSigns, outcomeSigns } from "./words.js";

/**
 * @param {ManagerEvent} event
 * @returns {Sign}
 */
export function eventSign(event) {
  switch (event.type) {
    case "accepted":
      return { mark: "›", tone: "off", text: acceptedText(event.data) };
    case "transition":
      return { mark: "→", tone: "busy", text: transitionText(event.data) };
    case "node":
      return nodeSign(event.data);
    case "health":
      return healthSign(event.data);
    case "result":
      return resultSign(event.data);
    case "manager":
      return { mark: "■", tone: "off", text: `manager ${event.data.what} (epoch ${event.data.epoch})` };
    case "progress":
      return { mark: "·", tone: "off", text: `${event.data.done} of ${event.data.total}` };
  }
  return { mark: "·", tone: "off", text: "an event this page does not know" };
}

/** Causes that a state tells by itself. */
const toldByState = new Set(["asked to start", "asked to stop", "gone"]);

/** @param {EventData["accepted"]} data */
function acceptedText({ mode, by, position }) {
  const who = by === null ? "" : ` by ${named(by)}`;
  return `request for ${named(mode)}${who}${position > 0 ? `, ${counted(position, "request")} before it` : ""}`;
}

/** @param {EventData["transition"]} data */
function transitionText({ cause, from, to, plan, attempt }) {
  const way = `${named(from ?? "start")} → ${named(to ?? "all stopped")}`;
  const steps = [
    plan.stop.length > 0 ? `stop ${plan.stop.length}` : "",
    plan.start.length > 0 ? `start ${plan.start.length}` : "",
    cause === "request" ? "" : cause,
    attempt > 1 ? `attempt ${attempt}` : "",
  ];
  const more = steps.filter(Boolean).join(", ");
  return more === "" ? way : `${way}: ${more}`;
}

/**
 * @param {EventData["node"]} data
 * @returns {Sign}
 */
function nodeSign({ node, state, exit, cause, pid, gaveUp }) {
  const { mark, tone, text } = nodeSigns[state];
  const end = state === "stopped" || state === "backoff" ? exitText(exit) : "";
  const details = [
    cause === text || toldByState.has(cause) ? "" : cause,
    cause.includes(end) ? "" : end,
    pid === null ? "" : `pid ${pid}`,
  ];
  const more = details.filter(Boolean).join(", ");
  const isBad = gaveUp || state === "stuck" || state === "backoff";
  return {
    mark,
    tone: isBad ? "bad" : tone,
    text: `${named(node)} ${text}${more === "" ? "" : `: ${more}`}`,
  };
}

/**
 * @param {EventData["health"]} data
 * @returns {Sign}
 */
function healthSign({ status, reasons }) {
  if (status === "ok") return { mark: "●", tone: "ok", text: "health ok" };
  const why = reasons.map(({ message }) => message).join("; ");
  return { mark: "▲", tone: status === "recovering" ? "busy" : "bad", text: `health ${status}: ${why}` };
}

/**
 * @param {EventData["result"]} result
 * @returns {Sign}
 */
function resultSign({ outcome, requestedMode, errors, durationMs, reason, attempt }) {
  const { mark, tone, text } = outcomeSigns[outcome];
  const why = [reason?.message ?? "", ...errors.map(({ node, code }) => `${node} ${code}`)]
    .filter(Boolean)
    .join("; ");
  const took = attempt === 0 ? "" : ` in ${duration(durationMs)}`;
  return { mark, tone, text: `${named(requestedMode)}: ${text}${took}${why === "" ? "" : `; ${why}`}` };
}
