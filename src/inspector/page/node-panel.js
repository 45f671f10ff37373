/**
 * One node: its state, what it depends on, and the last lines it has printed.
 *
 * The log is asked for once a second while the page is looked at; a hidden page asks for nothing.
 *
 * @import { NodeNow, Picture } from "../picture.ts"
 * @import { Model } from "./model.js"
 * @import { Selection } from "./selection.js"
 */
import { element, setText } from "./element.js";
import { signOf } from "./node-row.js";
import { printed } from "./printed.js";
import { age, exitText, limit } from "./words.js";

const askEveryMs = 1_000;
const lines = 300;

/** @typedef {readonly [string, string | readonly string[]]} Fact */

/** See the file header. */
export class NodePanel {
  /** To be put into the page. @type {readonly HTMLElement[]} */
  parts;
  #name;
  #selection;
  #facts = element("dl", { class: "facts-list" });
  #log = element("pre", { class: "tail", role: "region", tabindex: 0, "aria-label": "Last lines printed" });
  #drawn = "";
  #leaving = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {string} name
   * @param {Selection} selection
   */
  constructor(name, selection) {
    this.#name = name;
    this.#selection = selection;
    this.parts = [
      element("h2", {}, "Node ", element("bdi", { class: "subject" }, name)),
      this.#facts,
      element("h3", {}, "Log"),
      this.#log,
    ];
    void this.#ask();
  }

  /** @param {Model} model */
  render(model) {
    const facts = this.#factsOf(model);
    const text = JSON.stringify(facts);
    if (text === this.#drawn) return;
    this.#drawn = text;
    const rows = facts.map(([name, value]) =>
      element(
        "div",
        { class: name === "Problem" ? "bad" : null },
        element("dt", {}, name),
        element("dd", {}, ...this.#valueOf(name, value)),
      ),
    );
    this.#facts.replaceChildren(...rows);
  }

  close() {
    this.#leaving.abort();
    clearTimeout(this.#timer);
  }

  /**
   * @param {Model} model
   * @returns {readonly Fact[]}
   */
  #factsOf({ nodes, picture, state, now }) {
    const node = nodes.get(this.#name);
    if (node === undefined) return [["State", "not known"]];
    const problem = state?.health.reasons.find((reason) => reason.node === this.#name);
    const { mark, text } = signOf(node, problem !== undefined);
    const stateNow = `${mark} ${text}`;
    return [
      ["State", stateNow],
      ...given("Problem", problem?.message),
      ...liveFacts(node, now),
      ...this.#fixedFacts(picture),
    ];
  }

  /**
   * @param {Picture | null} picture
   * @returns {readonly Fact[]}
   */
  #fixedFacts(picture) {
    const spec = picture?.nodes.find(({ name }) => name === this.#name);
    if (picture === null || spec === undefined) return [["Catalogue", "not in it"]];
    const modes = picture.modes.filter((mode) => mode.nodes.includes(this.#name)).map(({ name }) => name);
    return [
      ["Ready", spec.ready],
      ["Stop", `asked to, then SIGKILL after ${limit(spec.stopTimeoutMs)}`],
      ...given("Needs", spec.dependsOn),
      ...given("Never with", spec.conflicts),
      ["Modes", modes.length === 0 ? "none" : modes.join(", ")],
    ];
  }

  /**
   * @param {string} name
   * @param {string | readonly string[]} value
   * @returns {readonly (Node | string)[]}
   */
  #valueOf(name, value) {
    if (typeof value === "string") return [value];
    return value.map((node) => {
      const button = element(
        "button",
        { type: "button", class: "link-button", "aria-label": `${name} ${node}` },
        node,
      );
      button.addEventListener("click", () => this.#selection.choose("node", node));
      return button;
    });
  }

  async #ask() {
    if (!document.hidden) await this.#show();
    if (!this.#leaving.signal.aborted) this.#timer = setTimeout(() => void this.#ask(), askEveryMs);
  }

  async #show() {
    try {
      const address = `log?node=${encodeURIComponent(this.#name)}&lines=${lines}`;
      const response = await fetch(address, { signal: this.#leaving.signal });
      const answer = /** @type {{ readonly lines?: readonly string[] | null }} */ (await response.json());
      this.#print(answer.lines ?? null);
    } catch {
      // Asked again in a second; that the manager is away is said elsewhere.
    }
  }

  /** @param {readonly string[] | null} tail */
  #print(tail) {
    const { scrollTop, scrollHeight, clientHeight } = this.#log;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < 24;
    this.#log.classList.toggle("nothing", tail === null || tail.length === 0);
    if (tail === null) setText(this.#log, "What it prints is not captured by this supervisor.");
    else setText(this.#log, tail.length === 0 ? "Nothing printed yet." : tail.map(printed).join("\n"));
    if (isAtEnd) this.#log.scrollTop = this.#log.scrollHeight;
  }
}

/**
 * @param {NodeNow} node
 * @param {number} now
 * @returns {readonly Fact[]}
 */
function liveFacts({ state, generation, since, pid, restarts, exit }, now) {
  const isUp = state === "ready" || state === "done";
  return [
    ...given("For", generation > 0 ? age(now - since) : undefined),
    ...given("PID", pid),
    ...given("Incarnation", generation > 1 ? generation : undefined),
    ...given("Restarts", restarts > 0 ? restarts : undefined),
    ...given("Last end", exit === undefined ? undefined : exitText(exit)),
    ...given("Last words", isUp ? "" : exit?.stderr?.slice(-4).map(printed).join("\n")),
  ];
}

/**
 * The fact, unless there is nothing to tell.
 *
 * @param {string} name
 * @param {string | number | readonly string[] | undefined} value
 * @returns {readonly Fact[]}
 */
function given(name, value) {
  if (value === undefined || (typeof value !== "number" && value.length === 0)) return [];
  return [[name, typeof value === "number" ? String(value) : value]];
}
