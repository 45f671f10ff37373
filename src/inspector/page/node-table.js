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
import { element, find, setAttributes, setText } from "./element.js";
import { createNodeRow, fillNodeRow } from "./node-row.js";
import { RowWindow } from "./row-window.js";
import { counted } from "./words.js";

const manyNodes = 40;
/** Widths as nodes.css has them, px. */
const widths = { fixed: 520, narrowFixed: 228, mode: 78, narrowMode: 26 };
const isNarrow = matchMedia("(max-width: 800px)");

/** See the file header. */
export class NodeTable {
  #selection;
  #rows;
  #table = find("nodes");
  #head = element("div", { class: "node-head", role: "row", "aria-rowindex": 1 });
  #filter = /** @type {HTMLInputElement} */ (find("nodes-filter"));
  #stopped = find("nodes-stopped");
  #count = find("nodes-count");
  #none = element("p", { class: "empty" });
  #pager = find("nodes-pager");
  /** @type {readonly ModeColumn[]} */
  #columns = [];
  #firstColumn = 0;
  #width = 0;
  /** @type {readonly NodeNow[]} */
  #shown = [];
  /** @type {RowScene} */
  #scene = { columns: [], problems: new Map(), now: 0 };
  #drawn = "";
  #picture = 0;
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
    this.#table.append(this.#none);
    this.#rows.scroller.prepend(element("div", { role: "rowgroup", class: "head-group" }, this.#head));
    this.#filter.addEventListener("input", () => this.#renderAgain());
    this.#stopped.addEventListener("click", () => this.#showStopped(!this.#showsStopped));
    this.#table.addEventListener("wheel", (event) => this.#onWheel(event), { passive: true });
    new ResizeObserver(() => this.#measure()).observe(this.#table);
  }

  get #showsStopped() {
    return this.#stopped.getAttribute("aria-pressed") === "true";
  }

  /** How many modes have a column; the others are a page away. */
  get #room() {
    const count = this.#model?.picture?.modes.length ?? 0;
    if (this.#isWide(count)) return count;
    const room = Math.floor((this.#width - fixedWidth()) / widths.narrowMode);
    // Two are kept for the current and the target mode, which are always shown.
    return count <= room ? count : Math.max(4, room - 2);
  }

  /** Room for the modes' names from left to right. @param {number} modeCount */
  #isWide(modeCount) {
    return fixedWidth() + modeCount * widths.mode <= this.#width;
  }

  /** @param {Model} model */
  render(model) {
    const { state, picture, revisions } = model;
    if (state === null || picture === null) return;
    this.#model = model;
    if (revisions.picture !== this.#picture) {
      this.#picture = revisions.picture;
      this.#showStopped(picture.nodes.length <= manyNodes);
    }
    const second = Math.floor(model.now / 1000);
    const chosen = this.#selection.nameOf("node");
    const view = [chosen, this.#filter.value, this.#showsStopped, this.#firstColumn, this.#width];
    const wanted = JSON.stringify([revisions, second, ...view]);
    if (wanted === this.#drawn) return;
    this.#drawn = wanted;
    this.#columns = columnsOf(model, this.#firstColumn, this.#room);
    this.#drawHead(picture.modes.length);
    const problems = new Map(state.health.reasons.map(({ node, message }) => [node, message]));
    this.#scene = { columns: this.#columns, problems, now: model.now };
    this.#drawRows([...model.nodes.values()], chosen);
  }

  /**
   * @param {readonly NodeNow[]} all
   * @param {string | null} chosen
   */
  #drawRows(all, chosen) {
    const filter = this.#filter.value.toLowerCase();
    const { problems } = this.#scene;
    this.#shown = all.filter(({ node, state }) => {
      const isWanted = this.#showsStopped || state !== "stopped" || node === chosen || problems.has(node);
      return isWanted && (filter === "" || `${node} ${state}`.toLowerCase().includes(filter));
    });
    const running = all.filter(({ state }) => state !== "stopped").length;
    this.#none.hidden = this.#shown.length > 0;
    setText(
      this.#none,
      all.length === 0
        ? "There are no nodes."
        : "No node here. Stopped ones may be hidden, or the filter fits none.",
    );
    const isStandby = this.#model?.state?.phase === "standby";
    const told = isStandby ? "none run by this manager" : `${running} running`;
    setText(this.#count, `${counted(all.length, "node")}, ${told}`);
    this.#rows.update(
      this.#shown.length,
      this.#shown.findIndex(({ node }) => node === chosen),
    );
  }

  /** @param {boolean} isOn */
  #showStopped(isOn) {
    setAttributes(this.#stopped, { "aria-pressed": String(isOn) });
    this.#renderAgain();
  }

  #measure() {
    this.#width = this.#table.clientWidth;
    this.#renderAgain();
  }

  #renderAgain() {
    if (this.#model !== null) this.render(this.#model);
  }

  /** @param {number} modeCount */
  #drawHead(modeCount) {
    this.#table.classList.toggle("many", !this.#isWide(modeCount));
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
    this.#head.replaceChildren(...cells, ...modes);
    this.#drawPager(modeCount);
  }

  /** Buttons to the columns that are not shown. @param {number} modeCount */
  #drawPager(modeCount) {
    const room = this.#room;
    this.#pager.hidden = modeCount <= room;
    if (modeCount <= room) return;
    const turn = (/** @type {string} */ text, /** @type {string} */ label, /** @type {number} */ by) => {
      const button = element("button", { type: "button", class: "quiet", "aria-label": label }, text);
      button.addEventListener("click", () => this.#turn(by));
      return button;
    };
    const last = Math.min(modeCount, this.#firstColumn + room);
    const place = element("span", {}, `modes ${this.#firstColumn + 1} to ${last} of ${modeCount}`);
    this.#pager.replaceChildren(turn("‹", "Modes before", -room), place, turn("›", "Modes after", room));
  }

  /** @param {number} by - columns */
  #turn(by) {
    const most = (this.#model?.picture?.modes.length ?? 0) - this.#room;
    this.#firstColumn = Math.max(0, Math.min(most, this.#firstColumn + by));
    this.#renderAgain();
  }

  /** @param {WheelEvent} event */
  #onWheel({ deltaX }) {
    if (!this.#pager.hidden && Math.abs(deltaX) >= 20) this.#turn(Math.sign(deltaX));
  }
}

function fixedWidth() {
  return isNarrow.matches ? widths.narrowFixed : widths.fixed;
}

/**
 * The modes of the columns in sight, the current and the target mode always among them.
 *
 * @param {Model} model
 * @param {number} first
 * @param {number} room
 * @returns {readonly ModeColumn[]}
 */
function columnsOf({ picture, state, hasEnded }, first, room) {
  const modes = picture?.modes ?? [];
  const target = hasEnded || state?.request === null ? null : (state?.target ?? null);
  const placeOf = (/** @type {string} */ name) => {
    if (name === target) return "target";
    return name === state?.mode && !hasEnded ? "current" : "";
  };
  const inSight = modes.length <= room ? modes : modes.slice(first, first + room);
  const always = modes.filter((mode) => placeOf(mode.name) !== "" && !inSight.includes(mode));
  return [...always, ...inSight].map(({ name, nodes }) => ({
    name,
    nodes: new Set(nodes),
    place: placeOf(name),
  }));
}
