/**
 * The connection to the manager: the whole picture first, then every change; found again when it was lost, without a
 * gap (I16).
 *
 * A hidden tab lets go of it after a while, so that it costs the robot nothing and other tabs find a free connection
 * (a browser has six for one host).
 *
 * @import { Frame } from "../frame.ts"
 * @import { Connection } from "./model.js"
 */

const silenceMs = 25_000;
const firstRetryMs = 200;
const lastRetryMs = 3_000;
const hiddenMs = 20_000;

/** See the file header. */
export class Feed {
  /** @type {EventSource | undefined} */
  #source;
  /** The id of the last frame. */
  #after = "";
  #retryMs = firstRetryMs;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #onFrame;
  #onConnection;

  /**
   * @param {(frame: Frame) => void} onFrame
   * @param {(connection: Connection) => void} onConnection
   */
  constructor(onFrame, onConnection) {
    this.#onFrame = onFrame;
    this.#onConnection = onConnection;
  }

  /** Once. */
  open() {
    document.addEventListener("visibilitychange", () => this.#look());
    this.#open();
  }

  #open() {
    this.#close();
    const source = new EventSource(`feed?after=${encodeURIComponent(this.#after)}`);
    this.#source = source;
    source.addEventListener("message", ({ data, lastEventId }) => this.#take(String(data), lastEventId));
    source.addEventListener("beat", () => this.#watch());
    source.addEventListener("error", () => this.#lose());
    this.#watch();
  }

  #close() {
    this.#source?.close();
    this.#source = undefined;
    clearTimeout(this.#timer);
  }

  /**
   * @param {string} text
   * @param {string} id
   */
  #take(text, id) {
    this.#after = id;
    this.#retryMs = firstRetryMs;
    this.#watch();
    this.#onFrame(/** @type {Frame} */ (JSON.parse(text)));
  }

  /** A connection may be gone without saying so, as after a sleep. */
  #watch() {
    this.#later(silenceMs, () => this.#lose());
  }

  #lose() {
    this.#close();
    this.#onConnection("lost");
    this.#later(this.#retryMs, () => this.#open());
    this.#retryMs = Math.min(lastRetryMs, this.#retryMs * 1.5);
  }

  #look() {
    if (!document.hidden) {
      if (this.#source === undefined || this.#source.readyState === EventSource.CLOSED) this.#open();
      else this.#watch();
      return;
    }
    this.#later(hiddenMs, () => {
      this.#close();
      this.#onConnection("paused");
    });
  }

  /**
   * @param {number} ms
   * @param {() => void} what
   */
  #later(ms, what) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(what, ms);
  }
}
