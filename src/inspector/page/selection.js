/**
 * What the viewer has chosen to look at: a mode or a node, and a transition. Nothing of it leaves the page.
 */

/** @typedef {{ readonly kind: "mode" | "node", readonly name: string }} Chosen */

/** See the file header. */
export class Selection {
  /** Shown in the detail panel. @type {Chosen | null} */
  chosen = null;
  /** The id of the transition that is shown; null: the newest. @type {string | null} */
  transition = null;
  #onChange;

  /** @param {() => void} onChange */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /**
   * @param {Chosen["kind"]} kind
   * @param {string} name
   */
  choose(kind, name) {
    this.chosen = { kind, name };
    this.#onChange();
  }

  clear() {
    this.chosen = null;
    this.#onChange();
  }

  /** @param {string | null} id */
  showTransition(id) {
    this.transition = id;
    this.#onChange();
  }

  /**
   * @param {Chosen["kind"]} kind
   * @returns {string | null}
   */
  nameOf(kind) {
    return this.chosen?.kind === kind ? this.chosen.name : null;
  }
}
