/**
 * The last lines of a terminal, redrawn in place: calmly, only when they have changed, never longer than the screen.
 *
 * For `switch` and `status --watch`. What is in the lines is the caller's.
 */
import type { Printer } from "../session.ts";
import { cut, tame, widthOf } from "../width.ts";

const hideCursor = "\u001b[?25l";
const showCursor = "\u001b[?25h";
const enterScreen = "\u001b[?1049h\u001b[H";
const leaveScreen = "\u001b[?1049l";
const eraseBelow = "\u001b[J";
const eraseLineEnd = "\u001b[K";

/** See the file header. */
export class LiveRegion {
  readonly #out: Printer;
  readonly #fullScreen: boolean;
  #drawn: readonly string[] | undefined;

  constructor(out: Printer, fullScreen = false) {
    this.#out = out;
    this.#fullScreen = fullScreen;
  }

  /** Replaces what is shown. A line that is too wide loses its end, and its colours. */
  draw(lines: readonly string[]): void {
    const { columns, rows, marks } = this.#out;
    const shown = lines
      .slice(0, rows - 1)
      .map((line) => (widthOf(line) <= columns ? line : cut(tame(line), columns, marks.more)));
    const before = this.#drawn;
    if (
      before !== undefined &&
      before.length === shown.length &&
      before.every((line, at) => line === shown[at])
    ) {
      return;
    }
    const start = before === undefined ? hideCursor + (this.#fullScreen ? enterScreen : "") : this.#home();
    this.#out.raw(`${start}${shown.map((line) => `${line}${eraseLineEnd}\n`).join("")}${eraseBelow}`);
    this.#drawn = shown;
  }

  /** After the terminal has changed its size: what was drawn is where it is no longer. */
  forget(): void {
    if (this.#fullScreen && this.#drawn !== undefined) this.#drawn = [];
  }

  /** Removes what is shown and gives the cursor back. Idempotent. */
  clear(): void {
    if (this.#drawn === undefined) return;
    this.#out.raw(this.#fullScreen ? leaveScreen + showCursor : this.#home() + eraseBelow + showCursor);
    this.#drawn = undefined;
  }

  #home(): string {
    if (this.#fullScreen) return "\u001b[H";
    const up = this.#drawn?.length ?? 0;
    return up === 0 ? "" : `\u001b[${up}A\r`;
  }
}
