/**
 * The panel of what was chosen: a mode's plan (plan-panel.js), a node with its log (node-panel.js), or, when nothing
 * was, how to read the page (guide.js).
 *
 * @import { Model } from "./model.js"
 * @import { Selection } from "./selection.js"
 */
import { element, find } from "./element.js";
import { guide } from "./guide.js";
import { NodePanel } from "./node-panel.js";
import { PlanPanel } from "./plan-panel.js";

/** See the file header. */
export class DetailView {
  #place = find("detail");
  #selection;
  /** @type {PlanPanel | NodePanel | null} */
  #panel = null;
  /** @type {unknown} */
  #chosen;
  /** The guide was asked for: it comes into sight also where the details are an end of the page. */
  #isAsked = false;

  /** @param {Selection} selection */
  constructor(selection) {
    this.#selection = selection;
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#panel !== null) selection.clear();
      if (event.key === "?" && !(event.target instanceof HTMLInputElement)) this.#askForGuide();
    });
    find("help").addEventListener("click", () => this.#askForGuide());
  }

  /** @param {Model} model */
  render(model) {
    const { chosen } = this.#selection;
    if (chosen !== this.#chosen) {
      this.#chosen = chosen;
      this.#panel?.close();
      this.#panel = null;
      this.#place.classList.toggle("open", chosen !== null);
      if (chosen === null) this.#place.replaceChildren(...guide());
      else {
        this.#panel =
          chosen.kind === "mode" ? new PlanPanel(chosen.name) : new NodePanel(chosen.name, this.#selection);
        this.#place.replaceChildren(this.#closer(), ...this.#panel.parts);
      }
    }
    this.#panel?.render(model);
    if (!this.#isAsked) return;
    this.#isAsked = false;
    this.#place.focus();
  }

  #askForGuide() {
    this.#isAsked = true;
    this.#selection.clear();
  }

  #closer() {
    const button = element(
      "button",
      { type: "button", class: "quiet closer", "aria-label": "Close details" },
      "✕",
    );
    button.addEventListener("click", () => this.#selection.clear());
    return button;
  }
}
