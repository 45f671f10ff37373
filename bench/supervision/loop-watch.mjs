/**
 * How long the event loop was away, and how much of that it was we who held it: a timer of one millisecond reads, beside
 * the clock, what the kernel has booked for this thread, processor time and time in which it waited for a processor.
 */
import { readFileSync } from "node:fs";

function reading() {
  const [ran, waited] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, "latin1").split(" ");
  return { wall: performance.now(), ran: Number(ran) / 1e6, waited: Number(waited) / 1e6 };
}

/** Begins to watch; what is returned ends it and tells, in ms. */
export function watchLoop() {
  const longest = { gapMs: 0, waitedMs: 0, heldMs: 0 };
  let last = reading();
  const look = () => {
    const now = reading();
    const gapMs = now.wall - last.wall - 1;
    if (gapMs > longest.gapMs) Object.assign(longest, { gapMs, waitedMs: now.waited - last.waited });
    // Processor time between two ticks: no turn within it was longer.
    longest.heldMs = Math.max(longest.heldMs, now.ran - last.ran);
    last = now;
  };
  const timer = setInterval(look, 1);
  return () => {
    clearInterval(timer);
    look();
    return longest;
  };
}
