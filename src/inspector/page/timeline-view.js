/**
 * Transitions over time: a list of the past ones, and of one of them a bar per node with the longest chain marked.
 *
 * What the bars are is transitions.js's, the chain chain.js's, one row timeline-row.js's.
 *
 * @import { NodeError } from "../../modes/result.ts"
 * @import { Model } from "./model.js"
 * @import { Selection } from "./selection.js"
 * @import { StepRow } from "./timeline-row.js"
 * @import { Bar, Transition } from "./transitions.js"
 */
import { longestChain } from "./chain.js";
import { element, find, setAttributes, setText } from "./element.js";
import { createPastRow, fillPastRow } from "./past-row.js";
import { printed } from "./printed.js";
import { RowWindow } from "./row-window.js";
import { createStepRow, fillStepRow } from "./timeline-row.js";
import { duration, named, outcomeSigns } from "./words.js";

const manyBars = 12;
/** Width of a mark on the axis, px. */
const tickRoom = 90;

/** What a bar shows, and how it is said. @type {readonly (readonly [string, string])[]} */
const legend = [
  ["queued", "queued"],
  ["stopping", "stopping"],
  ["starting", "starting"],
  ["ready", "waiting for readiness"],
];

/** See the file header. */
export class TimelineView {
  #selection;
  #past;
  #rows;
  #title = element("h3", { class: "gantt-title" });
  #legend;
  #chain = element("p", { class: "chain" });
  #trouble = element("p", { class: "why" });
  #axis = element("div", { class: "axis", "aria-hidden": "true" });
  #empty = element("p", { class: "empty" }, "No transition yet.");
  /** @type {readonly Transition[]} */
  #list = [];
  /** @type {readonly Bar[]} */
  #bars = [];
  /** @type {ReadonlySet<Bar>} */
  #onChain = new Set();
  /** @type {Transition | undefined} */
  #shown;
  /** The step that was chosen here: its node may have another one. @type {Bar | undefined} */
  #chosenBar;
  #axisWidth = 600;
  #now = 0;
  #drawn = "";

  /** @param {Selection} selection */
  constructor(selection) {
    this.#selection = selection;
    this.#past = new RowWindow({
      parent: find("past"),
      label: "Transitions, newest first",
      role: "listbox",
      rowHeight: 44,
      create: createPastRow,
      fill: (row, index) => {
        const transition = this.#list[index];
        if (transition !== undefined) fillPastRow(row, transition, this.#now);
      },
      onSelect: (index) => selection.showTransition(index === 0 ? null : (this.#list[index]?.id ?? null)),
    });
    this.#legend = element(
      "p",
      { class: "legend" },
      ...legend.map(([kind, text]) =>
        element("span", {}, element("i", { class: `key ${kind}`, "aria-hidden": "true" }), text),
      ),
    );
    const gantt = find("gantt");
    new ResizeObserver(() => {
      this.#axisWidth = this.#axis.clientWidth || this.#axisWidth;
    }).observe(this.#axis);
    gantt.append(
      element("div", { class: "gantt-head" }, this.#title, this.#legend),
      this.#chain,
      this.#trouble,
      this.#axis,
      this.#empty,
    );
    this.#rows = new RowWindow({
      parent: gantt,
      label: "Steps of the transition",
      role: "listbox",
      rowHeight: 24,
      create: createStepRow,
      fill: (row, index) => this.#fill(row, this.#bars[index]),
      onSelect: (index) => {
        this.#chosenBar = this.#bars[index];
        if (this.#chosenBar !== undefined) selection.choose("node", this.#chosenBar.node);
      },
    });
  }

  /** @param {Model} model */
  render({ transitions, revisions, now }) {
    const chosen = this.#selection.transition;
    const shown = transitions.list.findLast(({ id }) => chosen === null || id === chosen);
    const wanted = JSON.stringify([revisions.transitions, shown?.id, this.#selection.nameOf("node")]);
    if (transitions.running === undefined && wanted === this.#drawn) return;
    this.#drawn = wanted;
    this.#now = now;
    this.#list = transitions.list.toReversed();
    this.#past.update(this.#list.length, shown === undefined ? -1 : this.#list.indexOf(shown));
    this.#show(shown);
  }

  /** @param {Transition | undefined} shown */
  #show(shown) {
    const isOther = shown?.id !== this.#shown?.id;
    this.#shown = shown;
    this.#empty.hidden = shown !== undefined && shown.bars.length > 0;
    for (const part of [this.#rows.scroller, this.#legend, this.#axis]) part.hidden = !this.#empty.hidden;
    if (shown === undefined) return;
    const chain = longestChain(shown, this.#now);
    this.#onChain = new Set(chain);
    this.#bars = inOrder(shown, this.#onChain);
    const length = (shown.endAt ?? this.#now) - shown.at;
    setText(this.#title, titleOf(shown, length));
    setText(
      this.#empty,
      shown.legs.length === 0 ? "It was not begun." : "Nothing had to be stopped or started.",
    );
    setText(
      this.#chain,
      chain.length === 0 ? "" : `◆ longest chain: ${chainText(chain, shown.endAt ?? this.#now)}`,
    );
    this.#showTrouble(shown);
    this.#drawAxis(Math.max(1, length));
    this.#rows.update(this.#bars.length, this.#chosenIndex());
    if (isOther) this.#rows.reveal(0);
  }

  #chosenIndex() {
    const chosen = this.#selection.nameOf("node");
    const own =
      this.#chosenBar?.node === chosen ? this.#bars.findIndex((bar) => bar === this.#chosenBar) : -1;
    return own >= 0 ? own : this.#bars.findIndex(({ node }) => node === chosen);
  }

  /** Why it did not go as asked. @param {Transition} transition */
  #showTrouble({ result }) {
    const text = troubleText(result);
    this.#trouble.hidden = text === "";
    this.#trouble.className = `why ${result === null ? "" : outcomeSigns[result.outcome].tone}`;
    setText(this.#trouble, text);
    setAttributes(this.#trouble, { title: text });
  }

  /**
   * @param {StepRow} row
   * @param {Bar | undefined} bar
   */
  #fill(row, bar) {
    const shown = this.#shown;
    if (bar === undefined || shown === undefined) return;
    const until = shown.endAt ?? this.#now;
    fillStepRow(row, bar, {
      at: shown.at,
      until,
      isOver: shown.endAt !== null,
      onChain: this.#onChain.has(bar),
    });
  }

  /** @param {number} length */
  #drawAxis(length) {
    const step = niceStep((length * tickRoom) / Math.max(1, this.#axisWidth - 2 * tickRoom));
    const marks = [];
    for (let at = 0; at < length * 0.97; at += step) {
      const mark = element("span", {}, at === 0 ? "0" : duration(at));
      mark.style.left = `${(at / length) * 100}%`;
      marks.push(mark);
    }
    this.#axis.replaceChildren(element("div", { class: "ticks" }, ...marks));
  }
}

/**
 * @param {Transition} transition
 * @param {number} length - ms
 * @returns {string}
 */
function titleOf({ from, to, endAt, legs }, length) {
  const way = `${named(from ?? "start")} → ${named(to ?? "all stopped")}`;
  if (legs.length === 0) return way;
  return endAt === null ? `${way}, ${duration(length)} so far` : `${way} in ${duration(length)}`;
}

/**
 * In the order of beginning, what has not begun last. Of many, what is under way comes first and then the longest chain.
 *
 * @param {Transition} transition
 * @param {ReadonlySet<Bar>} chain
 * @returns {readonly Bar[]}
 */
function inOrder({ bars, endAt }, chain) {
  const isMoving = (/** @type {Bar} */ bar) => endAt === null && bar.beginAt !== null && bar.endAt === null;
  const rank = (/** @type {Bar} */ bar) => {
    if (bars.length <= manyBars || isMoving(bar)) return 0;
    return chain.has(bar) ? 1 : 2;
  };
  const begin = (/** @type {Bar} */ { beginAt }) => beginAt ?? Infinity;
  return bars.toSorted((a, b) => rank(a) - rank(b) || a.leg - b.leg || compare(begin(a), begin(b)));
}

/**
 * Two infinities are equal.
 *
 * @param {number} a
 * @param {number} b
 */
function compare(a, b) {
  return a === b ? 0 : a - b;
}

/**
 * @param {Transition["result"]} result
 * @returns {string}
 */
function troubleText(result) {
  if (result?.outcome === "superseded" && result.supersededBy !== undefined) {
    return `A request for ${named(result.supersededBy.mode)} came after it and took its place.`;
  }
  const problems = [...(result?.errors ?? []), ...(result?.reason === undefined ? [] : [result.reason])];
  const [first] = problems;
  if (first === undefined) return "";
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  return `${first.message}${lastWords(result?.errors[0])}${more}`;
}

/** What the node printed last. @param {NodeError | undefined} error */
function lastWords(error) {
  const words = printed(error?.exit?.stderr?.at(-1) ?? "");
  return words === "" ? "" : ` Its last words: ${words}`;
}

/**
 * @param {readonly Bar[]} chain
 * @param {number} until
 */
function chainText(chain, until) {
  const names = chain.map(({ node, kind, beginAt, endAt }) => {
    const took = duration((endAt ?? until) - (beginAt ?? until));
    return `${named(node)} ${kind === "stop" ? "stops in " : ""}${took}`;
  });
  const shown = names.length > 6 ? [...names.slice(0, 2), "…", ...names.slice(-3)] : names;
  return shown.join(" → ");
}

/** 1, 2 or 5 times a power of ten, at least this. @param {number} least */
function niceStep(least) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least) ?? 10 * power;
}
