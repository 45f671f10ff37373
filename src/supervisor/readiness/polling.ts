/**
 * Asking a starting node again and again whether it is ready, with growing pauses: for the kinds that cannot tell
 * by themselves (tcp, http, probe).
 */
import type { TimerHandle } from "../../clock.ts";
import type { ReadinessContext, ReadinessWatch } from "./readiness-watch.ts";

/** One question. Resolves false when the answer is no or there is none; one that cannot even be asked rejects. */
export type Question = (signal: AbortSignal) => Promise<boolean>;

/** How long one question may take when it is the last. */
const lastLookMs = 1000;

/** Asks at once, then after 10 ms, doubling up to 100 ms, until yes or cancelled. */
export function askAgain(
  question: Question,
  { clock, onReady }: ReadinessContext,
  { firstMs, lastMs } = { firstMs: 10, lastMs: 100 },
): ReadinessWatch {
  const abort = new AbortController();
  let timer: TimerHandle;
  let pause = firstMs;
  const ask = async (): Promise<void> => {
    const ready = await answerTo(question, abort.signal);
    if (abort.signal.aborted) return;
    if (ready) {
      onReady();
      return;
    }
    timer = clock.setTimeout(() => void ask(), pause);
    pause = Math.min(lastMs, pause * 2);
  };
  void ask();
  return {
    look: async () => {
      // Not AbortSignal.any: Node 20 may collect what it returns while we wait.
      const limit = new AbortController();
      const giveUp = (): void => {
        limit.abort();
      };
      const limitTimer = clock.setTimeout(giveUp, lastLookMs);
      abort.signal.addEventListener("abort", giveUp);
      try {
        return await answerTo(question, limit.signal);
      } finally {
        clock.clearTimeout(limitTimer);
        abort.signal.removeEventListener("abort", giveUp);
      }
    },
    cancel: () => {
      abort.abort();
      if (timer !== undefined) clock.clearTimeout(timer);
    },
  };
}

/** A port that cannot be, a command with a NUL in it: what rejects would end the process, and means no (I13). */
function answerTo(question: Question, signal: AbortSignal): Promise<boolean> {
  return question(signal).catch(() => false);
}
