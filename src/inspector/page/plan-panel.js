/**
 * The plan of a mode: what a request for it would do now, asked of the manager anew whenever something has changed.
 *
 * @import { ModePlan } from "../../lifecycle/mode-plan.ts"
 * @import { Model } from "./model.js"
 */
import { element, setText } from "./element.js";
import { counted } from "./words.js";

const pauseMs = 250;

/** @typedef {ModePlan & { readonly error?: { readonly message: string } }} PlanAnswer */

/** See the file header. */
export class PlanPanel {
  /** To be put into the page. @type {readonly HTMLElement[]} */
  parts;
  #name;
  #facts = element("p", { class: "hint" });
  #body = element("div", { class: "plan", tabindex: 0, role: "region", "aria-label": "Plan" });
  #asked = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #leaving = new AbortController();

  /** @param {string} name */
  constructor(name) {
    this.#name = name;
    this.parts = [
      element("h2", {}, "Plan for ", element("bdi", { class: "subject" }, name)),
      this.#facts,
      this.#body,
    ];
  }

  /** @param {Model} model */
  render({ picture, state, revisions }) {
    const mode = picture?.modes.find(({ name }) => name === this.#name);
    const standby =
      state?.phase === "standby" ? "The standby runs nothing: this is its plan from there." : "";
    setText(this.#facts, [mode?.description ?? "", standby].filter(Boolean).join(" · "));
    const now = JSON.stringify([
      revisions.picture,
      revisions.nodes,
      state?.mode,
      state?.request,
      state?.phase,
    ]);
    if (now === this.#asked) return;
    const isFirst = this.#asked === "";
    this.#asked = now;
    this.#timer ??= setTimeout(() => void this.#ask(), isFirst ? 0 : pauseMs);
  }

  close() {
    clearTimeout(this.#timer);
    this.#leaving.abort();
  }

  async #ask() {
    this.#timer = undefined;
    try {
      const response = await fetch(`plan?mode=${encodeURIComponent(this.#name)}`, {
        signal: this.#leaving.signal,
      });
      const plan = /** @type {PlanAnswer} */ (await response.json());
      if (plan.error !== undefined) throw new Error(plan.error.message);
      this.#body.replaceChildren(...drawPlan(plan));
    } catch (error) {
      if (this.#leaving.signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      this.#body.replaceChildren(element("p", { class: "hint" }, `The plan cannot be had: ${message}`));
    }
  }
}

/**
 * @param {ModePlan} plan
 * @returns {readonly HTMLElement[]}
 */
function drawPlan({ stop, start, keep, awaited, stopWaves, startWaves, refusal }) {
  const nothing = stop.length === 0 && start.length === 0 && awaited.length === 0;
  const summary = nothing
    ? `Nothing to do: ${counted(keep.length, "node")} run as they should.`
    : [part("stop", stop.length), part("start", start.length), part("keep", keep.length)]
        .filter(Boolean)
        .join(", ");
  return [
    ...(refusal === null
      ? []
      : [
          element(
            "p",
            { class: "refusal" },
            element("strong", {}, "Would be refused now. "),
            refusal.message,
          ),
        ]),
    element("p", { class: "summary" }, summary),
    ...drawWaves("Stop", "stop", stopWaves),
    ...drawWaves("Start", "start", startWaves),
    ...drawWaves("Wait for", "wait", awaited.length === 0 ? [] : [awaited]),
    ...drawWaves("Keep", "keep", keep.length === 0 ? [] : [keep]),
  ];
}

/**
 * @param {string} verb
 * @param {number} count
 */
function part(verb, count) {
  return count === 0 ? "" : `${verb} ${counted(count, "node")}`;
}

/**
 * @param {string} title
 * @param {string} kind
 * @param {readonly (readonly string[])[]} waves
 * @returns {readonly HTMLElement[]}
 */
function drawWaves(title, kind, waves) {
  if (waves.length === 0) return [];
  const items = waves.map((wave) =>
    element("li", {}, ...wave.flatMap((node) => [element("span", { class: "chip" }, node), " "])),
  );
  const order = waves.length > 1 ? `, in ${waves.length} waves` : "";
  return [
    element("h3", {}, `${title}${order}`),
    element("ol", { class: `waves ${kind}${waves.length > 1 ? " ordered" : ""}` }, ...items),
  ];
}
