/**
 * The statechart: region `mode` with a box per mode, region `work` with what is happening, and the transition just
 * taken as an arrow (chart-arrow.js).
 *
 * Current and target are told apart by frame and word, not by colour alone.
 *
 * @import { Model } from "./model.js"
 * @import { Selection } from "./selection.js"
 * @import { ModePicture } from "../picture.ts"
 * @import { Transition } from "./transitions.js"
 */
import { ChartArrow } from "./chart-arrow.js";
import { element, find, setAttributes, setText } from "./element.js";
import { counted, named } from "./words.js";

/** The states of region `work`, as src/machines/mode-machine.ts has them, and how they are said. */
const works = new Map([
  ["idle", "settled"],
  ["degraded", "degraded"],
  ["stopping", "stopping"],
  ["starting", "starting"],
  ["rolling back", "rolling back"],
  ["falling back", "falling back"],
  ["shutting down", "shutting down"],
  ["stopped", "stopped"],
]);
const troubles = new Set(["rolling back", "falling back", "degraded"]);
const manyModes = 16;

/** See the file header. */
export class ChartView {
  #chart = find("chart");
  #list = element("div", { class: "boxes", role: "listbox", tabindex: 0, "aria-label": "Modes" });
  #arrow = new ChartArrow(this.#list);
  /** @type {Map<string, { readonly box: HTMLElement, readonly tag: HTMLElement }>} */
  #boxes = new Map();
  /** @type {Map<string, HTMLElement>} */
  #works = new Map();
  #selection;
  #picture = 0;
  #shown = "";
  /** The mode that was last brought into sight. @type {string | null} */
  #heading = null;

  /** @param {Selection} selection */
  constructor(selection) {
    this.#selection = selection;
    const mode = element(
      "div",
      { class: "region" },
      element("p", { class: "region-name" }, "mode"),
      this.#list,
    );
    const pills = [...works].map(([work, text]) => {
      const pill = element("li", { class: troubles.has(work) ? "work trouble" : "work" }, text);
      this.#works.set(work, pill);
      return pill;
    });
    const list = element("ul", { class: "works", "aria-label": "What is happening" }, ...pills);
    const work = element("div", { class: "region" }, element("p", { class: "region-name" }, "doing"), list);
    this.#chart.append(mode, work);
    this.#list.addEventListener("keydown", (event) => this.#onKey(event));
  }

  /** @param {Model} model */
  render(model) {
    const { state, picture, revisions, transitions } = model;
    if (state === null || picture === null) return;
    if (revisions.picture !== this.#picture) {
      this.#picture = revisions.picture;
      this.#build(picture.modes);
    }
    const last = transitions.list.findLast(({ legs }) => legs.length > 0);
    const chosen = this.#selection.nameOf("mode");
    const { target, request, phase } = state;
    const work = phase === "standby" ? null : state.work;
    const mode = model.hasEnded ? null : state.mode;
    const shown = JSON.stringify([
      mode,
      target,
      request,
      work,
      chosen,
      last?.id,
      last?.endAt,
      last?.legs.length,
    ]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#lightModes(mode, request === null ? null : target, chosen);
    for (const [name, pill] of this.#works) setAttributes(pill, { "aria-current": name === work });
    this.#drawArrow(last);
  }

  /**
   * @param {string | null} current
   * @param {string | null} target
   * @param {string | null} chosen
   */
  #lightModes(current, target, chosen) {
    for (const [name, { box, tag }] of this.#boxes) {
      box.classList.toggle("current", name === current);
      box.classList.toggle("target", name === target);
      setAttributes(box, { "aria-selected": String(name === chosen) });
      setText(tag, placeOf(name, current, target));
    }
    const active = this.#boxes.get(chosen ?? current ?? "")?.box;
    setAttributes(this.#list, { "aria-activedescendant": active?.id ?? null });
    const heading = target ?? current;
    if (heading === this.#heading) return;
    this.#heading = heading;
    this.#reveal(this.#boxes.get(heading ?? "")?.box);
  }

  /** Scrolls the boxes, and nothing else of the page. @param {HTMLElement | undefined} box */
  #reveal(box) {
    if (box === undefined) return;
    const { scrollTop, clientHeight } = this.#list;
    const isAbove = box.offsetTop < scrollTop;
    const isBelow = box.offsetTop + box.offsetHeight > scrollTop + clientHeight;
    if (isAbove || isBelow) this.#list.scrollTop = box.offsetTop - clientHeight / 2;
  }

  /** @param {Transition | undefined} last */
  #drawArrow(last) {
    const isRunning = last?.endAt === null;
    const reached = isRunning ? last.legs.at(-1)?.to : last?.result?.currentMode;
    const boxOf = (/** @type {string | null | undefined} */ name) => this.#boxes.get(name ?? "")?.box;
    this.#arrow.show(boxOf(last?.from), boxOf(reached), isRunning);
  }

  /** @param {readonly ModePicture[]} modes */
  #build(modes) {
    this.#shown = "";
    this.#heading = null;
    this.#boxes = new Map(
      modes.map((mode, index) => {
        const tag = element("span", { class: "place-tag" });
        const box = drawBox(mode, tag, index);
        box.addEventListener("click", () => this.#selection.choose("mode", mode.name));
        return [mode.name, { box, tag }];
      }),
    );
    this.#list.classList.toggle("many", modes.length > manyModes);
    this.#list.replaceChildren(this.#arrow.picture, ...[...this.#boxes.values()].map(({ box }) => box));
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const moves = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity };
    const move = moves[/** @type {keyof typeof moves} */ (event.key)];
    if (move === undefined) return;
    event.preventDefault();
    const names = [...this.#boxes.keys()];
    const from = names.indexOf(this.#selection.nameOf("mode") ?? "");
    const name = names[Math.min(names.length - 1, Math.max(0, from + move))];
    if (name === undefined) return;
    this.#selection.choose("mode", name);
    this.#reveal(this.#boxes.get(name)?.box);
  }
}

/**
 * @param {string} name
 * @param {string | null} current
 * @param {string | null} target
 * @returns {string}
 */
function placeOf(name, current, target) {
  if (name === target) return name === current ? "current, again" : "target";
  return name === current ? "current" : "";
}

/**
 * @param {ModePicture} mode
 * @param {HTMLElement} tag
 * @param {number} index
 * @returns {HTMLElement}
 */
function drawBox(mode, tag, index) {
  const { name, description, nodes, from } = mode;
  const notes = [
    mode.isDefault ? "boots here" : "",
    mode.isFallback ? "fallback" : "",
    mode.urgent ? "urgent" : "",
  ].filter(Boolean);
  const facts = [counted(nodes.length, "node"), ...notes].join(" · ");
  const entry = from === null ? null : `only from ${from.map(named).join(", ")}`;
  const line = (/** @type {string} */ kind, /** @type {string | null} */ text) =>
    text === null ? null : element("p", { class: kind, dir: "auto", title: text }, text);
  return element(
    "div",
    { class: "mode", role: "option", id: `mode-${index}`, "data-mode": name },
    tag,
    element("p", { class: "name", dir: "auto", title: name }, name),
    line("description", description),
    line("facts", facts),
    line("facts", entry),
  );
}
