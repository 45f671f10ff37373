/**
 * One row of the node table. In the columns of the current and the target mode a node's mark is its state, elsewhere a
 * point that says that the mode lists it.
 *
 * @import { NodeNow } from "../picture.ts"
 * @import { Sign } from "./words.js"
 */
import { element, setAttributes, setText } from "./element.js";
import { age, duration, exitText, nodeSigns } from "./words.js";

/**
 * @typedef {{ readonly name: string, readonly nodes: ReadonlySet<string>, readonly place: string }} ModeColumn
 */

/**
 * @typedef {object} RowScene
 * @property {readonly ModeColumn[]} columns
 * @property {ReadonlyMap<string, string>} problems - node to what is wrong with it
 * @property {number} now
 */

/** @typedef {ReturnType<typeof createNodeRow>} NodeRow */

/** An empty row. */
export function createNodeRow() {
  const cell = (/** @type {string} */ name, /** @type {readonly Node[]} */ ...children) =>
    element("span", { role: "gridcell", class: name }, ...children);
  const mark = element("span", { class: "mark", "aria-hidden": "true" });
  const text = element("span", { class: "state-text" });
  const name = element("span", { role: "gridcell", class: "c-name", dir: "auto" });
  const pid = cell("c-pid");
  const since = cell("c-for");
  const restarts = cell("c-restarts");
  const root = element("div", { class: "node" }, name, cell("c-state", mark, text), pid, since, restarts);
  /** @type {HTMLElement[]} */
  const modes = [];
  return { root, name, mark, text, pid, since, restarts, modes };
}

/**
 * @param {NodeRow} row
 * @param {NodeNow} node
 * @param {RowScene} scene
 */
export function fillNodeRow(row, node, { columns, problems, now }) {
  const problem = problems.get(node.node);
  setText(row.name, node.node);
  fillState(row, node, problem);
  setText(row.pid, node.pid === undefined ? "" : String(node.pid));
  setText(row.since, node.state === "stopped" ? "" : age(now - node.since));
  setText(row.restarts, node.restarts === 0 ? "" : String(node.restarts));
  setAttributes(row.root, { title: problem ?? node.node, "data-node": node.node });
  fillModes(row, node, columns, problem);
}

/**
 * @param {NodeRow} row
 * @param {NodeNow} node
 * @param {string | undefined} problem
 */
function fillState({ mark, text }, node, problem) {
  const sign = signOf(node, problem !== undefined);
  mark.className = `mark ${sign.tone}`;
  setText(mark, sign.mark);
  text.className = `state-text ${sign.tone}`;
  setText(text, sign.text);
}

/**
 * A node's state, said for people. A node that should be up and is not has another mark than one that is meant to rest.
 *
 * @param {NodeNow} node
 * @param {boolean} isProblem
 * @returns {Sign}
 */
export function signOf(node, isProblem) {
  const { mark, tone } = nodeSigns[node.state];
  const text = stateText(node, isProblem);
  if (!isProblem || tone === "busy") return { mark, tone, text };
  return { mark: tone === "off" ? "✕" : mark, tone: "bad", text };
}

/**
 * @param {NodeNow} node
 * @param {boolean} isProblem
 * @returns {string}
 */
function stateText({ state, spawnedAt, exit, gaveUp, restartAt, since }, isProblem) {
  const end = exitText(exit);
  if (state === "stopped" && gaveUp === true) return `gave up${end === "" ? "" : ` (${end})`}`;
  if (state === "stopped" && isProblem) return `down${end === "" ? "" : ` (${end})`}`;
  if (state === "starting" && spawnedAt !== undefined) return "not ready yet";
  if (state === "backoff" && restartAt !== undefined) return `restarts in ${duration(restartAt - since)}`;
  return nodeSigns[state].text;
}

/**
 * @param {NodeRow} row
 * @param {NodeNow} node
 * @param {readonly ModeColumn[]} columns
 * @param {string | undefined} problem
 */
function fillModes({ root, modes }, node, columns, problem) {
  while (modes.length < columns.length) {
    const cell = element("span", { role: "gridcell" });
    modes.push(cell);
    root.append(cell);
  }
  while (modes.length > columns.length) modes.pop()?.remove();
  const sign = signOf(node, problem !== undefined);
  for (const [index, { name, nodes, place }] of columns.entries()) {
    const cell = modes[index];
    if (cell === undefined) continue;
    const isListed = nodes.has(node.node);
    fillMode(cell, place, isListed, sign);
    setAttributes(cell, { "aria-label": `${isListed ? "runs" : "not"} in ${name}` });
  }
}

/**
 * @param {HTMLElement} cell
 * @param {string} place
 * @param {boolean} isListed
 * @param {Sign} sign
 */
function fillMode(cell, place, isListed, { mark, tone }) {
  // What runs in the current mode although it should not is shown there, too.
  const isState = place !== "" && (isListed || (place === "current" && tone === "bad"));
  setAttributes(cell, { class: `c-mode ${place} ${isState ? tone : ""}` });
  if (isState) setText(cell, mark);
  else setText(cell, isListed ? "●" : "");
}
