/**
 * Health at a glance, and the reasons when it is not well: robot, bus, lock, supervisor, and this page's own line. What
 * is only remembered has no colour.
 *
 * @import { Model, Connection } from "./model.js"
 * @import { Selection } from "./selection.js"
 * @import { Tone } from "./words.js"
 */
import { element, find, setText } from "./element.js";

/**
 * @typedef {{ readonly name: string, readonly tone: Tone, readonly text: string, readonly more: string }} Lamp
 */

const marks = { ok: "●", busy: "◔", bad: "▲", off: "○" };

/** @type {Readonly<Record<Connection, readonly [Tone, string]>>} */
const lines = {
  connecting: ["busy", "connecting"],
  live: ["ok", "live"],
  lost: ["bad", "lost, retrying"],
  paused: ["off", "paused"],
  ended: ["off", "stopped"],
};

/** See the file header. */
export class LampsView {
  #list = find("lamps");
  #banner = find("banner");
  #selection;
  #shown = "";
  #problems = "";

  /** @param {Selection} selection */
  constructor(selection) {
    this.#selection = selection;
  }

  /** @param {Model} model */
  render(model) {
    const lamps = lampsOf(model);
    const text = JSON.stringify(lamps);
    if (text !== this.#shown) {
      this.#shown = text;
      this.#list.replaceChildren(...lamps.map(drawLamp));
    }
    this.#renderProblems(model);
  }

  /** @param {Model} model */
  #renderProblems(model) {
    const problems = problemsOf(model);
    const text = JSON.stringify(problems);
    if (text === this.#problems) return;
    this.#problems = text;
    this.#banner.hidden = problems.length === 0;
    this.#banner.classList.toggle(
      "mending",
      problems.every(({ tone }) => tone === "busy"),
    );
    const shown = problems.slice(0, 6).map(({ node, text: problem }) => {
      if (node === null) return element("p", {}, problem);
      const button = element("button", { type: "button", class: "problem" }, problem);
      button.addEventListener("click", () => this.#selection.choose("node", node));
      return button;
    });
    const hidden = problems.length - shown.length;
    if (hidden > 0) shown.push(element("p", {}, `and ${hidden} more`));
    this.#banner.replaceChildren(element("span", { class: "sign", "aria-hidden": "true" }, "▲"), ...shown);
  }
}

/**
 * @param {Model} model
 * @returns {readonly Lamp[]}
 */
function lampsOf({ state, picture, connection }) {
  const [tone, text] = lines[connection];
  const page = { name: "Page", tone, text, more: "The connection of this page to the manager" };
  if (state === null || picture === null) return [page];
  const { health, bus, phase } = state;
  const isNow = connection === "live";
  const { kind, isolation, observesExits, notes } = picture.supervisor;
  /** @type {Record<string, Tone>} */
  const tones = {
    ok: "ok",
    recovering: "busy",
    degraded: "bad",
    connected: "ok",
    connecting: "busy",
    fault: "bad",
    standby: "busy",
  };
  const toneOf = (/** @type {string} */ status) => (isNow ? (tones[status] ?? "off") : "off");
  const supervisor = [
    `Isolation: ${isolation}`,
    observesExits ? "sees deaths at once" : "finds deaths by asking",
    ...notes,
  ];
  return [
    phase === "standby"
      ? { name: "Robot", tone: "off", text: "not known", more: "The manager that runs it knows" }
      : {
          name: "Robot",
          tone: toneOf(health.status),
          text: health.status,
          more: reasonsText(health.reasons),
        },
    { name: "Bus", tone: toneOf(bus.status), text: bus.status, more: bus.reason ?? "" },
    lockLamp(state, isNow),
    {
      name: "Supervisor",
      tone: isNow ? "ok" : "off",
      text: isolation === "none" ? kind : `${kind}, ${isolation}`,
      more: supervisor.join("; "),
    },
    page,
  ];
}

/**
 * @param {NonNullable<Model["state"]>} state
 * @param {boolean} isNow
 * @returns {Lamp}
 */
function lockLamp({ epoch, holder, phase }, isNow) {
  if (phase === "standby") {
    return { name: "Lock", tone: "busy", text: "another's", more: `Held by ${holder}: standing by` };
  }
  if (epoch === 0) return { name: "Lock", tone: "off", text: "not taken", more: "" };
  const more = `Held by ${holder}. The epoch counts the managers that have held it.`;
  return { name: "Lock", tone: isNow ? "ok" : "off", text: `epoch ${epoch}`, more };
}

/**
 * @param {readonly { readonly message: string }[]} reasons
 * @returns {string}
 */
function reasonsText(reasons) {
  return reasons.length === 0
    ? "What runs is what the mode asks for"
    : reasons.map((r) => r.message).join("; ");
}

/**
 * @param {Lamp} lamp
 * @returns {HTMLElement}
 */
function drawLamp({ name, tone, text, more }) {
  const mark = element("span", { class: `mark ${tone}`, "aria-hidden": "true" }, marks[tone]);
  const value = element("span", { class: "value" });
  setText(value, text);
  return element("li", { title: more || null }, element("span", { class: "caption" }, name), mark, value);
}

/**
 * What is wrong, and whose fault it is.
 *
 * @param {Model} model
 * @returns {readonly { readonly node: string | null, readonly text: string, readonly tone: Tone }[]}
 */
export function problemsOf({ state, connection, hasEnded }) {
  /** @type {{ readonly node: string | null, readonly text: string, readonly tone: Tone }[]} */
  const problems = [];
  const say = (
    /** @type {string} */ text,
    /** @type {string | null} */ node = null,
    /** @type {Tone} */ tone = "bad",
  ) => problems.push({ node, text, tone });
  if (hasEnded) {
    say("The manager has stopped. This page goes on when another one is served on the same port.");
    return problems;
  }
  if (connection === "lost") say("The manager cannot be reached: this is what was last seen. Retrying.");
  for (const text of waitsOf(state)) say(text, null, "busy");
  const { status, reason = status } = state?.bus ?? {};
  if (status === "fault") say(`Bus: ${reason}`);
  for (const { node, message, code } of state?.health.reasons ?? []) {
    say(message, node, code === "NODE_RECOVERING" ? "busy" : "bad");
  }
  return problems;
}

/**
 * What keeps this manager from running the robot, or from answering on Redis: another one does.
 *
 * @param {Model["state"]} state
 * @returns {readonly string[]}
 */
function waitsOf(state) {
  if (state === null) return [];
  const { phase, holder, bus } = state;
  const waits = [];
  if (phase === "standby") {
    waits.push(
      `This manager is the standby: ${holder} runs the robot. It takes over when that one has gone.`,
    );
  }
  if (bus.status === "standby") waits.push(`Bus: ${bus.reason ?? "another manager holds the lease"}`);
  return waits;
}
