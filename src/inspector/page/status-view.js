/**
 * The head of the page: which mode the robot is in, where it is going, what it waits for, and whether it got there.
 *
 * Lamps and problems are lamps-view.js's.
 *
 * @import { Model } from "./model.js"
 * @import { TransitionResult } from "../../modes/result.ts"
 * @import { Transition } from "./transitions.js"
 * @import { Tone } from "./words.js"
 */
import { element, find, setAttributes, setText } from "./element.js";
import { ago, counted, duration, limit, named, outcomeSigns, phaseTexts } from "./words.js";

/** See the file header. */
export class StatusView {
  #now = find("now");
  #current = element("strong", { class: "mode-name" });
  #target = element("strong", { class: "mode-name target" });
  #going;
  #doing = element("p", { class: "doing" });
  #mark = element("span", { class: "mark", "aria-hidden": "true" });
  #fact = element("span");
  #detail = element("p", { class: "doing-detail" }, this.#mark, this.#fact);
  #bar = element("progress", { class: "meter", "aria-label": "Steps of the running transition" });

  constructor() {
    const arrow = element("span", { class: "arrow", "aria-hidden": "true" }, "→");
    const target = element(
      "div",
      { class: "place" },
      element("p", { class: "caption" }, "target"),
      this.#target,
    );
    this.#going = element("div", { class: "going" }, arrow, target);
    this.#now.append(
      element("div", { class: "place" }, element("p", { class: "caption" }, "mode"), this.#current),
      this.#going,
      element("div", { class: "progress" }, this.#doing, this.#detail, this.#bar),
    );
  }

  /** @param {Model} model */
  render(model) {
    const { state, picture } = model;
    if (state === null || picture === null) return;
    setText(find("namespace"), picture.namespace);
    const mode = model.hasEnded ? null : state.mode;
    setText(this.#current, mode ?? "none");
    setAttributes(this.#current, { title: mode });
    this.#current.classList.toggle("empty", mode === null);
    const isGoing = !model.hasEnded && (state.request !== null || state.phase === "shutting_down");
    this.#going.hidden = !isGoing;
    setText(this.#target, state.target ?? "all stopped");
    setAttributes(this.#target, { title: state.target });
    const { running } = model.transitions;
    if (isGoing) this.#showRunning(model, running);
    else this.#showSettled(model);
    document.title = titleOf(model, isGoing);
  }

  /**
   * @param {Model} model
   * @param {Transition | undefined} running
   */
  #showRunning(model, running) {
    const { state, progress, now } = model;
    if (state === null) return;
    const steps = progress === null ? "" : ` ${progress.done} of ${progress.total}`;
    const isBack = state.phase === "rolling_back" || state.phase === "falling_back";
    const from = isBack && running !== undefined ? ` from ${named(running.to ?? "all stopped")}` : "";
    setText(this.#doing, `${phaseTexts[state.phase]}${from}${steps}`);
    const since = running === undefined ? "" : duration(now - running.at);
    const waits = waitText(model, state.waitingFor);
    const facts = [since, failedText(running), waits, queueText(state.waiting.length)];
    this.#showFact("", "off", facts.filter(Boolean).join(" · "));
    this.#bar.hidden = false;
    setAttributes(this.#bar, { max: progress?.total ?? 1, value: progress?.done ?? 0 });
  }

  /** @param {Model} model */
  #showSettled({ state, transitions, now, hasEnded }) {
    const last = transitions.list.at(-1);
    this.#bar.hidden = true;
    setText(this.#doing, hasEnded ? "stopped" : phaseTexts[state?.phase ?? "idle"]);
    if (state?.phase === "standby") this.#showFact("", "off", `${state.holder} runs the robot`);
    else if (hasEnded) this.#showFact("", "off", `the last mode was ${named(state?.mode ?? "none")}`);
    else if (last?.result) {
      const { mark, tone } = outcomeSigns[last.result.outcome];
      this.#showFact(mark, tone, answerText(last, last.result, now));
    } else this.#showFact("", "off", "");
  }

  /**
   * @param {string} mark
   * @param {Tone} tone
   * @param {string} text
   */
  #showFact(mark, tone, text) {
    this.#mark.hidden = mark === "";
    this.#mark.className = `mark ${tone}`;
    setText(this.#mark, mark);
    setText(this.#fact, text);
    setAttributes(this.#detail, { title: text });
  }
}

/**
 * What was answered last.
 *
 * @param {Transition} transition
 * @param {TransitionResult} result
 * @param {number} now
 * @returns {string}
 */
function answerText(
  { by, at, endAt, legs },
  { outcome, requestedMode, currentMode, reason, at: answeredAt },
  now,
) {
  const { text } = outcomeSigns[outcome];
  const who = by === null ? "" : ` by ${named(by)}`;
  const when = ago(now - answeredAt);
  if (legs.length === 0) {
    return `request for ${named(requestedMode)}${who} ${text}, ${when}: ${reason?.message ?? ""}`;
  }
  const what = requestedMode === currentMode ? text : `${named(requestedMode)} ${text}`;
  return `${what} in ${duration((endAt ?? at) - at)}${who}, ${when}`;
}

/**
 * @param {Model} model
 * @param {readonly string[]} nodes
 * @returns {string}
 */
function waitText({ nodes: seen, picture }, nodes) {
  const [only = ""] = nodes;
  if (nodes.length === 0) return "";
  if (nodes.length > 1) return `waits for ${listed(nodes)}`;
  const spec = picture?.nodes.find(({ name }) => name === only);
  const now = seen.get(only);
  if (spec === undefined || now === undefined) return `waits for ${named(only)}`;
  if (now.state === "stopping") {
    return `waits for ${named(only)} to stop, SIGKILL after ${limit(spec.stopTimeoutMs)}`;
  }
  const sign = now.spawnedAt === undefined ? "" : `, ready ${spec.ready}`;
  return `waits for ${named(only)}${sign}`;
}

/** What has gone wrong in it already. @param {Transition | undefined} running */
function failedText(running) {
  const failed = (running?.bars ?? []).filter((bar) => bar.failed).map(({ node }) => node);
  return failed.length === 0 ? "" : `${listed([...new Set(failed)])} failed`;
}

/** @param {readonly string[]} nodes */
function listed(nodes) {
  const more = nodes.length > 3 ? ` and ${nodes.length - 3} more` : "";
  return `${nodes.slice(0, 3).map(named).join(", ")}${more}`;
}

/**
 * @param {number} count
 * @returns {string}
 */
function queueText(count) {
  return count === 0 ? "" : `${counted(count, "request")} waiting`;
}

/**
 * @param {Model} model
 * @param {boolean} isGoing
 * @returns {string}
 */
function titleOf({ state, picture, connection, hasEnded }, isGoing) {
  let mode = state?.mode ?? "no mode";
  if (isGoing) mode = `${state?.mode ?? "…"} → ${state?.target ?? "stop"}`;
  if (hasEnded) mode = "stopped";
  const mark = { connecting: "", live: "", lost: "⚠ ", paused: "⏸ ", ended: "■ " }[connection];
  return `${mark}${mode} · ${picture?.namespace ?? "modeshift"}`;
}
