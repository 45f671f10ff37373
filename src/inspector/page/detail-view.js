/**
 * The panel of what was chosen: a mode's plan (plan-panel.js) or a node with its log (node-panel.js).
 *
 * @import { Model } from "./model.js"
 * @import { Selection } from "./selection.js"
 */
import { element, find } from "./element.js";
import { NodePanel } from "./node-panel.js";
import { PlanPanel } from "./plan-panel.js";

const hint =
  "Choose a mode to see what entering it would stop and start now. Choose a node to see what it is doing and what it prints.";

/** See the file header. */
export class DetailView {
  #place = find("detail");
  #selection;
  /** @type {PlanPanel | NodePanel | null} */
  #panel = null;
  /** @type {unknown} */
  #chosen;

  /** @param {Selection} selection */
  constructor(selection) {
    this.#selection = selection;
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#panel !== null) selection.clear();
    });
  }

  /** @param {Model} model */
  render(model) {
    const { chosen } = this.#selection;
    if (chosen !== this.#chosen) {
      this.#chosen = chosen;
      this.#panel?.close();
      this.#panel = null;
      if (chosen === null) this.#showHint();
      else {
        this.#panel =
          chosen.kind === "mode" ? new PlanPanel(chosen.name) : new NodePanel(chosen.name, this.#selection);
        this.#place.replaceChildren(this.#closer(), ...this.#panel.parts);
      }
    }
    this.#panel?.render(model);
  }

  #showHint() {
    this.#place.replaceChildren(element("h2", {}, "Details"), element("p", { class: "hint" }, hint));
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
