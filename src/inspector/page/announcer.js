/**
 * Says what changes to those who hear the page: where it goes, how that ended, what is wrong, and whether this page's
 * line holds. What was so before the page was opened is not said: it is there to be read.
 *
 * @import { Model } from "./model.js"
 * @import { Transition } from "./transitions.js"
 */
import { find, setText } from "./element.js";
import { problemsOf } from "./lamps-view.js";
import { counted, named, outcomeSigns } from "./words.js";

/** See the file header. */
export class Announcer {
  #told = find("told");
  #isFirst = true;
  #begun = "";
  /** @type {Transition["result"]} */
  #result = null;
  /** @type {ReadonlySet<string>} */
  #problems = new Set();

  /** @param {Model} model */
  render(model) {
    if (model.picture === null) return;
    const last = model.transitions.list.at(-1);
    const texts = [this.#beginning(last), this.#ending(last?.result ?? null), ...this.#troubles(model)];
    const said = this.#isFirst ? "" : texts.filter(Boolean).join(" ");
    this.#isFirst = false;
    if (said !== "") setText(this.#told, said);
  }

  /** @param {Transition | undefined} last */
  #beginning(last) {
    const leg = last?.legs.at(-1);
    const begun = leg === undefined ? "" : `${last?.id} ${last?.legs.length}`;
    if (leg === undefined || begun === this.#begun) return "";
    this.#begun = begun;
    if (last?.endAt !== null) return "";
    const back = last.legs.length > 1 ? `${leg.cause}, ` : "";
    return `${back}going to ${named(leg.to ?? "all stopped")}.`;
  }

  /** @param {Transition["result"]} result */
  #ending(result) {
    if (result === this.#result) return "";
    this.#result = result;
    if (result === null) return "";
    const errors = result.errors.length === 0 ? "" : `, ${counted(result.errors.length, "error")}`;
    const { text } = outcomeSigns[result.outcome];
    return `${result.requestedMode}: ${text}${errors}. Mode is ${result.currentMode ?? "none"}.`;
  }

  /** @param {Model} model */
  #troubles(model) {
    const before = this.#problems;
    const texts = problemsOf(model).map(({ text }) => text);
    this.#problems = new Set(texts);
    if (texts.length === 0 && before.size > 0) return ["No problems any more."];
    return texts.filter((text) => !before.has(text)).slice(0, 3);
  }
}
