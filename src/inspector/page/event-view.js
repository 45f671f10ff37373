/**
 * The event log: every event that is known, filtered by kind and by text, following the newest.
 *
 * @import { ManagerEvent, EventType } from "../../bus/event.ts"
 * @import { Model } from "./model.js"
 * @import { Selection } from "./selection.js"
 */
import { element, find, setAttributes, setText } from "./element.js";
import { eventSign } from "./event-text.js";
import { RowWindow } from "./row-window.js";
import { timeOfDay } from "./words.js";

/** @type {readonly (readonly [string, readonly EventType[]])[]} */
const kinds = [
  ["requests", ["accepted", "result"]],
  ["transitions", ["transition"]],
  ["nodes", ["node"]],
  ["health", ["health", "manager"]],
];

/** See the file header. */
export class EventView {
  #selection;
  #rows;
  #filter = /** @type {HTMLInputElement} */ (find("events-filter"));
  /** @type {Set<EventType>} */
  #wanted = new Set(kinds.flatMap(([, types]) => types));
  /** @type {readonly ManagerEvent[]} */
  #shown = [];
  #none = element("p", { class: "empty" });
  #revision = -1;
  /** @type {Model | null} */
  #model = null;
  #chosen = -1;

  /** @param {Selection} selection */
  constructor(selection) {
    this.#selection = selection;
    this.#rows = new RowWindow({
      parent: find("events"),
      label: "Events, newest last",
      role: "listbox",
      rowHeight: 26,
      create: createRow,
      fill: (row, index) => {
        const event = this.#shown[index];
        if (event !== undefined) fillRow(row, event);
      },
      onSelect: (index) => this.#choose(index),
    });
    find("events").append(this.#none);
    this.#filter.addEventListener("input", () => this.#filterAgain());
    find("kinds").append(...kinds.map(([name, types]) => this.#toggle(name, types)));
    document.addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.target instanceof HTMLInputElement) return;
      event.preventDefault();
      this.#filter.focus();
    });
  }

  /** @param {Model} model */
  render(model) {
    this.#model = model;
    if (model.revisions.events === this.#revision) return;
    this.#revision = model.revisions.events;
    const follows = this.#rows.atEnd;
    const filter = this.#filter.value.toLowerCase();
    this.#shown = model.events.filter((event) => this.#wanted.has(event.type) && matches(event, filter));
    this.#none.hidden = this.#shown.length > 0;
    this.#rows.scroller.hidden = !this.#none.hidden;
    setText(this.#none, model.events.length === 0 ? "Nothing has happened yet." : "No event fits.");
    this.#rows.update(this.#shown.length, this.#chosen);
    if (follows) this.#rows.scrollToEnd();
  }

  #filterAgain() {
    this.#revision = -1;
    this.#chosen = -1;
    if (this.#model !== null) this.render(this.#model);
    this.#rows.scrollToEnd();
  }

  /**
   * @param {string} name
   * @param {readonly EventType[]} types
   */
  #toggle(name, types) {
    const button = element("button", { type: "button", class: "toggle", "aria-pressed": "true" }, name);
    button.addEventListener("click", () => {
      const isOn = button.getAttribute("aria-pressed") !== "true";
      setAttributes(button, { "aria-pressed": String(isOn) });
      for (const type of types) {
        if (isOn) this.#wanted.add(type);
        else this.#wanted.delete(type);
      }
      this.#filterAgain();
    });
    return button;
  }

  /** @param {number} index */
  #choose(index) {
    const event = this.#shown[index];
    this.#chosen = index;
    this.#rows.update(this.#shown.length, index);
    if (event?.type === "node") this.#selection.choose("node", event.data.node);
    if (event?.type === "transition" || event?.type === "result") this.#selection.showTransition(event.id);
  }
}

function createRow() {
  const time = element("span", { class: "time" });
  const mark = element("span", { class: "mark" });
  const what = element("span", { class: "what" });
  return { root: element("div", { class: "event" }, time, mark, what), time, mark, what };
}

/**
 * @param {ReturnType<typeof createRow>} row
 * @param {ManagerEvent} event
 */
function fillRow({ root, time, mark, what }, event) {
  const sign = eventSign(event);
  setText(time, timeOfDay(event.at));
  mark.className = `mark ${sign.tone}`;
  setText(mark, sign.mark);
  setText(what, sign.text);
  setAttributes(root, { title: sign.text, "data-type": event.type });
}

/**
 * @param {ManagerEvent} event
 * @param {string} filter - in lower case
 * @returns {boolean}
 */
function matches(event, filter) {
  if (filter === "") return true;
  const text = `${event.type} ${event.id} ${eventSign(event).text}`.toLowerCase();
  return text.includes(filter);
}
