/** The arrow of the transition just taken, behind the boxes: dashed while it is being taken. */
import { setAttributes, svgElement } from "./element.js";

/** See the file header. */
export class ChartArrow {
  #path = svgElement("path", { class: "taken", "marker-end": "url(#taken-head)" });
  /** To be put in front of the boxes. */
  picture = svgElement(
    "svg",
    { class: "arrow-layer", "aria-hidden": "true" },
    svgElement(
      "defs",
      {},
      svgElement(
        "marker",
        {
          id: "taken-head",
          viewBox: "0 0 8 8",
          refX: 6.5,
          refY: 4,
          markerWidth: 7,
          markerHeight: 7,
          orient: "auto",
        },
        svgElement("path", { d: "M0.5 0.5 7 4 0.5 7.5z", class: "taken-head" }),
      ),
    ),
    this.#path,
  );
  /** @type {readonly [HTMLElement | undefined, HTMLElement | undefined]} */
  #ends = [undefined, undefined];

  /** @param {HTMLElement} boxes - what holds the boxes, positioned */
  constructor(boxes) {
    new ResizeObserver(() => this.#draw()).observe(boxes);
  }

  /**
   * From box to box; without one of them, or from a box to itself, there is no arrow.
   *
   * @param {HTMLElement | undefined} from
   * @param {HTMLElement | undefined} to
   * @param {boolean} isRunning
   */
  show(from, to, isRunning) {
    this.#ends = [from, to];
    this.#path.classList.toggle("running", isRunning);
    this.#draw();
  }

  #draw() {
    const [from, to] = this.#ends;
    const isDrawn = from !== undefined && to !== undefined && from !== to;
    setAttributes(this.#path, { d: isDrawn ? curve(from, to) : null });
  }
}

/**
 * Neighbours are joined straight; on one row the arrow goes over the boxes between; else from row to row.
 *
 * @param {HTMLElement} from
 * @param {HTMLElement} to
 * @returns {string}
 */
function curve(from, to) {
  const [a, b] = [boxOf(from), boxOf(to)];
  const forward = a.left < b.left;
  if (Math.abs(a.top - b.top) > 4) {
    const down = a.top < b.top;
    const [startY, endY] = down ? [a.bottom, b.top - 3] : [a.top, b.bottom + 3];
    const middle = (startY + endY) / 2;
    return `M${a.middle} ${startY} C${a.middle} ${middle} ${b.middle} ${middle} ${b.middle} ${endY}`;
  }
  const gap = forward ? b.left - a.right : a.left - b.right;
  const y = a.top + Math.min(20, (a.bottom - a.top) / 2);
  if (gap < 40 && forward) return `M${a.right} ${y} L${b.left - 3} ${y}`;
  if (gap < 40) return `M${a.left} ${y} L${b.right + 3} ${y}`;
  const lift = a.top - 14;
  return `M${a.middle} ${a.top} C${a.middle} ${lift} ${b.middle} ${lift} ${b.middle} ${b.top - 3}`;
}

/** @param {HTMLElement} box */
function boxOf({ offsetLeft: left, offsetTop: top, offsetWidth: width, offsetHeight: height }) {
  return { left, top, right: left + width, bottom: top + height, middle: left + width / 2 };
}
