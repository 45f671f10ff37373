/**
 * A long list of which only the rows in sight are in the document, with a selection moved by keys.
 *
 * All rows have one height. Where it is scrolled to is remembered, not read: reading it after a change would make the
 * browser lay the page out at once. It knows nothing of what is in a row: `fill` writes one that has been given to an index,
 * and must cope with a row that showed another index before.
 */
import { element, setAttributes } from "./element.js";

const spareRows = 4;
let windows = 0;

/**
 * @template {{ readonly root: HTMLElement }} Row
 * @typedef {object} RowWindowOptions
 * @property {HTMLElement} parent
 * @property {string} label
 * @property {"listbox" | "grid"} role
 * @property {number} rowHeight
 * @property {() => Row} create - an empty row and the parts of it that `fill` needs
 * @property {(row: Row, index: number) => void} fill
 * @property {(index: number) => void} onSelect
 */

/**
 * See the file header.
 *
 * @template {{ readonly root: HTMLElement }} Row
 */
export class RowWindow {
  /** What scrolls. */
  scroller;
  #options;
  #space;
  /** @type {Map<number, Row>} */
  #rows = new Map();
  #count = 0;
  #selected = -1;
  #top = 0;
  #height = 0;
  #prefix = `rows-${(windows += 1)}`;

  /** @param {RowWindowOptions<Row>} options */
  constructor(options) {
    this.#options = options;
    this.#space = element("div", {
      class: "space",
      role: options.role === "grid" ? "rowgroup" : "presentation",
    });
    this.scroller = element(
      "div",
      { class: "rows", role: options.role, "aria-label": options.label, tabindex: 0 },
      this.#space,
    );
    options.parent.append(this.scroller);
    this.scroller.addEventListener("scroll", () => this.#onScroll(), { passive: true });
    this.scroller.addEventListener("keydown", (event) => this.#onKey(event));
    this.#space.addEventListener("click", (event) => this.#onClick(event));
    new ResizeObserver(() => {
      this.#height = this.scroller.clientHeight;
      this.#onScroll();
    }).observe(this.scroller);
  }

  /** True when the last row is in sight, or there is nothing to scroll. */
  get atEnd() {
    const { rowHeight } = this.#options;
    return this.#count * rowHeight - this.#top - this.#height < rowHeight;
  }

  /**
   * Shows this many rows, each filled anew, with this one selected (-1: none).
   *
   * @param {number} count
   * @param {number} selected
   */
  update(count, selected = -1) {
    const { rowHeight, role } = this.#options;
    if (count !== this.#count) {
      this.#count = count;
      this.#space.style.height = `${count * rowHeight}px`;
      if (role === "grid") setAttributes(this.scroller, { "aria-rowcount": count + 1 });
    }
    this.#selected = selected;
    this.#show(true);
  }

  scrollToEnd() {
    this.#scrollTo(this.#count * this.#options.rowHeight - this.#height);
  }

  /** @param {number} index */
  reveal(index) {
    const { rowHeight } = this.#options;
    const over = (index + 1) * rowHeight - this.#height;
    this.#scrollTo(Math.max(over, Math.min(this.#top, index * rowHeight)));
  }

  /** @param {number} top */
  #scrollTo(top) {
    const wanted = Math.max(0, top);
    if (wanted === this.#top) return;
    this.#top = wanted;
    this.#show(false);
    this.scroller.scrollTop = wanted;
  }

  #onScroll() {
    this.#top = this.scroller.scrollTop;
    this.#show(false);
  }

  /** @param {boolean} anew - fill rows that are shown already, too */
  #show(anew) {
    const { rowHeight } = this.#options;
    // A list that has become shorter is scrolled back by the browser, which says so later.
    const top = Math.max(0, Math.min(this.#top, this.#count * rowHeight - this.#height));
    const first = Math.max(0, Math.floor(top / rowHeight) - spareRows);
    const last = Math.min(this.#count, Math.ceil((top + this.#height) / rowHeight) + spareRows);
    const free = [];
    for (const [index, row] of this.#rows) {
      if (index >= first && index < last) continue;
      this.#rows.delete(index);
      free.push(row);
    }
    for (let index = first; index < last; index += 1) {
      const shown = this.#rows.get(index);
      if (shown !== undefined && anew) this.#fill(shown, index);
      if (shown === undefined) this.#place(free.pop() ?? this.#create(), index);
    }
    for (const { root } of free) root.remove();
    const active = this.#rows.get(this.#selected);
    setAttributes(this.scroller, { "aria-activedescendant": active?.root.id ?? null });
  }

  #create() {
    const row = this.#options.create();
    row.root.setAttribute("role", this.#options.role === "grid" ? "row" : "option");
    this.#space.append(row.root);
    return row;
  }

  /**
   * @param {Row} row
   * @param {number} index
   */
  #place(row, index) {
    this.#rows.set(index, row);
    row.root.style.transform = `translateY(${index * this.#options.rowHeight}px)`;
    row.root.id = `${this.#prefix}-${index}`;
    this.#fill(row, index);
  }

  /**
   * @param {Row} row
   * @param {number} index
   */
  #fill(row, index) {
    const place =
      this.#options.role === "grid"
        ? { "aria-rowindex": index + 2 }
        : { "aria-posinset": index + 1, "aria-setsize": this.#count };
    setAttributes(row.root, { ...place, "aria-selected": String(index === this.#selected) });
    this.#options.fill(row, index);
  }

  /** @param {MouseEvent} event */
  #onClick(event) {
    const row = event.target instanceof Element ? event.target.closest("[role=row], [role=option]") : null;
    const found = [...this.#rows].find(([, { root }]) => root === row);
    if (found !== undefined) this.#select(found[0]);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / this.#options.rowHeight) - 1);
    const moves = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -Infinity,
      End: Infinity,
    };
    const move = moves[/** @type {keyof typeof moves} */ (event.key)];
    if (move === undefined || this.#count === 0) return;
    event.preventDefault();
    const from = this.#selected < 0 && move > 0 ? -1 : Math.max(0, this.#selected);
    const index = Math.min(this.#count - 1, Math.max(0, from + move));
    this.reveal(index);
    this.#select(index);
  }

  /** @param {number} index */
  #select(index) {
    this.#options.onSelect(index);
  }
}
