/**
 * Mode by node: every node with its live state, and in which modes it runs.
 *
 * Only the rows in sight are drawn (row-window.js), and of very many modes only the columns in sight: 500 nodes in 200
 * modes are 100,000 cells. One row is node-row.js's.
 *
 * @import { Model } from "./model.js"
 * @import { Selection } from "./selection.js"
 * @import { NodeNow } from "../picture.ts"
 * @import { ModeColumn, RowScene } from "./node-row.js"
 */
import { element, find, setText } from "./element.js";
import { createNodeRow, fillNodeRow } from "./node-row.js";
import { RowWindow } from "./row-window.js";
import { counted } from "./words.js";

const fewModes = 8;
const mostColumns = 24;

/** See the file header. */
export class NodeTable {
  #selection;
  #rows;
  #table = find("nodes");
  #head = element("div", { class: "node-head", role: "row", "aria-rowindex": 1 });
  #filter = /** @type {HTMLInputElement} */ (find("nodes-filter"));
  #count = find("nodes-count");
  /** @type {readonly ModeColumn[]} */
  #columns = [];
  #firstColumn = 0;
  /** @type {readonly NodeNow[]} */
  #shown = [];
  /** @type {RowScene} */
  #scene = { columns: [], problems: new Map(), now: 0 };
  #drawn = "";
  /** @type {Model | null} */
  #model = null;

  /** @param {Selection} selection */
  constructor(selection) {
    this.#selection = selection;
    this.#rows = new RowWindow({
      parent: this.#table,
      label: "Nodes and the modes they run in",
      role: "grid",
      rowHeight: 28,
      create: createNodeRow,
      fill: (row, index) => {
        const node = this.#shown[index];
        if (node !== undefined) fillNodeRow(row, node, this.#scene);
      },
      onSelect: (index) => selection.choose("node", this.#shown[index]?.node ?? ""),
    });
    this.#rows.scroller.prepend(element("div", { role: "rowgroup", class: "head-group" }, this.#head));
    this.#filter.addEventListener("input", () => this.#renderAgain());
    this.#table.addEventListener("wheel", (event) => this.#onWheel(event), { passive: true });
  }

  /** @param {Model} model */
  render(model) {
    const { state, picture, revisions } = model;
    if (state === null || picture === null) return;
    this.#model = model;
    const second = Math.floor(model.now / 1000);
    const chosen = this.#selection.nameOf("node");
    const wanted = JSON.stringify([
      revisions,
      second,
      chosen,
      this.#filter.value,
      this.#firstColumn,
      state.request === null,
    ]);
    if (wanted === this.#drawn) return;
    this.#drawn = wanted;
    this.#columns = columnsOf(model, this.#firstColumn);
    this.#drawHead(picture.modes.length);
    const problems = new Map(state.health.reasons.map(({ node, message }) => [node, message]));
    this.#scene = { columns: this.#columns, problems, now: model.now };
    const filter = this.#filter.value.toLowerCase();
    const all = [...model.nodes.values()];
    this.#shown = all.filter(
      ({ node, state: now }) => filter === "" || `${node} ${now}`.toLowerCase().includes(filter),
    );
    const running = all.filter(({ state: now }) => now !== "stopped").length;
    setText(this.#count, `${counted(all.length, "node")}, ${running} running`);
    this.#rows.update(
      this.#shown.length,
      this.#shown.findIndex(({ node }) => node === chosen),
    );
  }

  #renderAgain() {
    if (this.#model !== null) this.render(this.#model);
  }

  /** @param {number} modeCount */
  #drawHead(modeCount) {
    const many = modeCount > fewModes;
    this.#table.classList.toggle("many", many);
    this.#table.style.setProperty("--columns", String(this.#columns.length));
    const text = JSON.stringify([
      this.#columns.map(({ name, place }) => [name, place]),
      modeCount,
      this.#firstColumn,
    ]);
    if (this.#head.dataset["drawn"] === text) return;
    this.#head.dataset["drawn"] = text;
    const fixed = ["Node", "State", "PID", "Uptime", "Restarts"];
    const cells = fixed.map((name) =>
      element("span", { role: "columnheader", class: `h-${name.toLowerCase()}` }, name),
    );
    const modes = this.#columns.map(({ name, place }) =>
      element(
        "span",
        { role: "columnheader", class: `h-mode ${place}`, title: place === "" ? name : `${name} (${place})` },
        element("span", {}, name),
      ),
    );
    this.#head.replaceChildren(...cells, ...modes, this.#pager(modeCount));
  }

  /** Buttons to the columns that are not shown. @param {number} modeCount */
  #pager(modeCount) {
    if (modeCount <= mostColumns) return element("span", { role: "presentation" });
    const move = (/** @type {number} */ by) => () => {
      this.#firstColumn = clamp(this.#firstColumn + by, modeCount - mostColumns);
      this.#renderAgain();
    };
    const back = element("button", { type: "button", class: "quiet", "aria-label": "Modes before" }, "‹");
    const on = element("button", { type: "button", class: "quiet", "aria-label": "Modes after" }, "›");
    back.addEventListener("click", move(-mostColumns));
    on.addEventListener("click", move(mostColumns));
    const last = Math.min(modeCount, this.#firstColumn + mostColumns);
    const place = element(
      "span",
      { class: "pager-text" },
      `${this.#firstColumn + 1}–${last} of ${modeCount}`,
    );
    return element(
      "span",
      { role: "columnheader", class: "pager", "aria-label": "Modes shown" },
      back,
      place,
      on,
    );
  }

  /** @param {WheelEvent} event */
  #onWheel({ deltaX }) {
    const modeCount = this.#model?.picture?.modes.length ?? 0;
    if (modeCount <= mostColumns || Math.abs(deltaX) < 20) return;
    this.#firstColumn = clamp(this.#firstColumn + Math.sign(deltaX), modeCount - mostColumns);
    this.#renderAgain();
  }
}

/**
 * The modes of the columns in sight, the current and the target mode always among them.
 *
 * @param {Model} model
 * @param {number} first
 * @returns {readonly ModeColumn[]}
 */
function columnsOf({ picture, state }, first) {
  const modes = picture?.modes ?? [];
  const target = state?.request === null ? null : (state?.target ?? null);
  const placeOf = (/** @type {string} */ name) => {
    if (name === target) return "target";
    return name === state?.mode ? "current" : "";
  };
  const inSight = modes.length <= mostColumns ? modes : modes.slice(first, first + mostColumns);
  const always = modes.filter((mode) => placeOf(mode.name) !== "" && !inSight.includes(mode));
  return [...always, ...inSight].map(({ name, nodes }) => ({
    name,
    nodes: new Set(nodes),
    place: placeOf(name),
  }));
}

/**
 * @param {number} value
 * @param {number} most
 */
function clamp(value, most) {
  return Math.max(0, Math.min(most, value));
}
