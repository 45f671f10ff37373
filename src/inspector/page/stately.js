/**
 * The bridge: hands the mode machine's inspection messages to Stately's inspector in the frame, and to nobody else.
 *
 * The frame says `@statelyai.connected` when it listens; until then messages are kept.
 */
import { find } from "./element.js";

const mostKept = 5_000;
const frame = /** @type {HTMLIFrameElement} */ (find("inspector"));
const feed = new EventSource("stately/feed");
/** @type {unknown[]} */
let kept = [];
let target = "";
let isListening = false;

/** @param {unknown} message */
function hand(message) {
  if (isListening) frame.contentWindow?.postMessage(message, target);
  else kept = [...kept, message].slice(-mostKept);
}

feed.addEventListener("target", ({ data }) => {
  const address = String(JSON.parse(String(data)));
  target = new URL(address).origin;
  if (frame.src === "") frame.src = address;
});
feed.addEventListener("message", ({ data }) => hand(JSON.parse(String(data))));
addEventListener("message", ({ source, origin, data }) => {
  const isReady = /** @type {{ readonly type?: unknown } | null} */ (data)?.type === "@statelyai.connected";
  if (!isReady || source !== frame.contentWindow || origin !== target) return;
  isListening = true;
  for (const message of kept) hand(message);
  kept = [];
});
