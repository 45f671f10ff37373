/**
 * Makes and changes elements. User text only ever becomes text: there is no way to markup from here (I13).
 */

const svgSpace = "http://www.w3.org/2000/svg";

/**
 * @typedef {Readonly<Record<string, string | number | boolean | null>>} Attributes
 * @typedef {Node | string | null} Child
 */

/**
 * An element. An attribute that is null or false is left out.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes]
 * @param {readonly Child[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  setAttributes(made, attributes);
  for (const child of children) if (child !== null) made.append(child);
  return made;
}

/**
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes]
 * @param {readonly Node[]} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function svgElement(tag, attributes = {}, ...children) {
  const made = document.createElementNS(svgSpace, tag);
  setAttributes(made, attributes);
  made.append(...children);
  return made;
}

/**
 * Sets what differs. Null and false take the attribute away.
 *
 * @param {Element} target
 * @param {Attributes} attributes
 */
export function setAttributes(target, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) target.removeAttribute(name);
    else if (target.getAttribute(name) !== String(value)) target.setAttribute(name, String(value));
  }
}

/**
 * Sets a text that differs: an untouched text node costs no layout.
 *
 * @param {Node} target
 * @param {string} text
 */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/**
 * The element of the page with this id.
 *
 * @param {string} id
 */
export function find(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no ${id}.`);
  return found;
}
