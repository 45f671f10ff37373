/**
 * The bridge: hands the mode machine's inspection messages to Stately's inspector in the frame, and to nobody else.
 *
 * The frame says `@statelyai.connected` when it listens; until then messages are kept. When it says so again, it has been
 * loaded anew and knows nothing: the feed is opened again, which begins with everything.
 */
import { find, setText } from "./element.js";

const mostKept = 5_000;
const patienceMs = 4_000;
const frame = /** @type {HTMLIFrameElement} */ (find("inspector"));
const said = find("said");
/** @type {unknown[]} */
let kept = [];
/** @type {{ readonly url: string, readonly origins: readonly string[] }} */
let target = { url: "", origins: [] };
/** The origin that listens. */
let listener = "";
let feed = open();

/** @param {string} text - empty: nothing is amiss */
function say(text) {
  said.hidden = text === "";
  setText(said, text);
}

function open() {
  const source = new EventSource("stately/feed");
  source.addEventListener("target", ({ data }) => {
    target = /** @type {typeof target} */ (JSON.parse(String(data)));
    if (frame.src === "") frame.src = target.url;
    if (listener !== "") say("");
  });
  source.addEventListener("message", ({ data }) => hand(JSON.parse(String(data))));
  source.addEventListener("error", () => {
    const isOver = source.readyState === EventSource.CLOSED;
    say(
      isOver
        ? "The manager lets nobody else look: eight do. Load this page again when one of them has left."
        : "The manager cannot be reached: what is shown is what was last seen. Retrying.",
    );
  });
  return source;
}

/** @param {unknown} message */
function hand(message) {
  if (listener !== "") frame.contentWindow?.postMessage(message, listener);
  else kept = [...kept, message].slice(-mostKept);
}

addEventListener("message", ({ source, origin, data }) => {
  const isReady = /** @type {{ readonly type?: unknown } | null} */ (data)?.type === "@statelyai.connected";
  if (!isReady || source !== frame.contentWindow || !target.origins.includes(origin)) return;
  const isAgain = listener !== "";
  listener = origin;
  say("");
  if (isAgain) {
    feed.close();
    feed = open();
  }
  for (const message of kept) hand(message);
  kept = [];
});
setTimeout(() => {
  if (listener !== "" || target.url === "") return;
  say(`${target.url} does not answer yet. This browser has to reach it; nothing has been sent there.`);
}, patienceMs);
