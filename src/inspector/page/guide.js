/** How to read the page, for who sees it for the first time: its signs, its words and its keys. */
import { element } from "./element.js";
import { nodeSigns } from "./words.js";

/** @type {readonly (readonly [string, string])[]} */
const keys = [
  ["Tab", "from panel to panel"],
  ["↑ ↓", "choose in a panel"],
  ["/", "filter the events"],
  ["Esc", "close the details"],
  ["?", "back to this"],
];

/** What the details show when nothing is chosen. @returns {readonly HTMLElement[]} */
export function guide() {
  const box = (/** @type {string} */ kind, /** @type {string} */ text) =>
    element("li", {}, element("i", { class: `box ${kind}`, "aria-hidden": "true" }), text);
  const states = Object.values(nodeSigns).map(({ mark, tone, text }) =>
    element("li", {}, element("span", { class: `mark ${tone}`, "aria-hidden": "true" }, mark), text),
  );
  const names = keys.map(([key, what]) =>
    element("div", {}, element("dt", {}, element("kbd", {}, key)), element("dd", {}, what)),
  );
  return [
    element("h2", {}, "How to read this page"),
    element(
      "p",
      { class: "hint" },
      "In a mode, the nodes (processes) that it lists run; all others are stopped. Choose a mode to see what entering it would do now, or a node to see what it prints.",
    ),
    element(
      "ul",
      { class: "signs wide" },
      box("current", "the mode that the robot is in"),
      box("target", "the mode that it is going to"),
      element(
        "li",
        {},
        element("span", { class: "mark link", "aria-hidden": "true" }, "◆"),
        "the steps that a transition took so long for",
      ),
    ),
    element("h3", {}, "Nodes"),
    element("ul", { class: "signs" }, ...states),
    element("h3", {}, "Keys"),
    element("dl", { class: "keys" }, ...names),
  ];
}
