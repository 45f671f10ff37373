import { describe, expect, test } from "vitest";
import type { ModeRequest } from "modeshift";
import { collapseBatch } from "../../src/bus/collapse.ts";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";

const catalogue = defineCatalogue({
  defaultMode: "idle",
  modes: {
    idle: [],
    teleop: ["drive"],
    auto: { nodes: ["drive"], from: ["idle"] },
    safe: { nodes: [], urgent: true },
    stop: { nodes: [], urgent: true },
  },
});

/** `a:teleop b:idle/queue` as requests; what they are replaced by comes back as `a>b`. */
function collapse(batch: string, urgentRunning = false, more: Partial<ModeRequest> = {}): string {
  const requests = batch.split(" ").map((text): ModeRequest => {
    const [requestId = "", mode = "", onBusy] = text.split(/[:/]/);
    const last = batch.endsWith(text) ? more : {};
    return { requestId, mode, ...(onBusy === undefined ? {} : { onBusy: onBusy as "queue" }), ...last };
  });
  return collapseBatch(requests, { catalogue, now: 100, urgentRunning })
    .flatMap(({ requestId, supersededBy }) =>
      supersededBy === undefined ? [] : [`${requestId}>${supersededBy.id}`],
    )
    .join(" ");
}

describe("in a batch read at once", () => {
  test.each([
    ["a:teleop", "", "a request alone stands"],
    ["a:teleop b:idle", "a>b", "the next one replaces it"],
    ["a:teleop b:idle c:teleop", "a>b b>c", "each is replaced by the one after it"],
    ["a:teleop b:teleop", "", "the same mode joins"],
    ["a:teleop b:teleop c:idle", "a>c b>c", "those that join are replaced together"],
    ["a:teleop b:idle/queue", "", "a queueing one replaces nothing"],
    ["a:teleop b:idle/reject", "", "a rejecting one replaces nothing"],
    ["a:teleop/queue b:idle", "a>b", "a queueing one is replaced"],
    ["a:teleop b:nonsense", "", "an unknown mode replaces nothing"],
    ["a:teleop b:auto", "", "a mode with `from` may be refused: the machine decides"],
    ["a:teleop b:safe/queue", "a>b", "I9: an urgent one replaces whatever its on_busy"],
    [
      "a:safe b:teleop",
      "",
      "I9: an urgent one is replaced by no other: the machine refuses what came after it",
    ],
    ["a:idle b:safe c:teleop d:idle", "a>b c>d", "I9: it replaces what came before it, whatever came after"],
    ["a:safe b:stop c:teleop", "a>b", "an urgent one is replaced by a later urgent one"],
  ])("%s: %s (%s)", (batch, expected) => {
    expect(collapse(batch)).toBe(expected);
  });

  test("a late or given-up one replaces nothing", () => {
    expect(collapse("a:teleop b:idle", false, { deadline: 99 })).toBe("");
    expect(collapse("a:teleop b:idle", false, { attempts: 3 })).toBe("");
    expect(collapse("a:teleop b:idle", false, { supersededBy: { id: "x", mode: "idle" } })).toBe("b>x");
    expect(collapse("a:teleop b:idle", false, { deadline: 101 })).toBe("a>b");
  });

  test("I9: while an urgent transition runs, only an urgent one replaces", () => {
    expect(collapse("a:teleop b:idle", true)).toBe("");
    expect(collapse("a:teleop b:safe", true)).toBe("a>b");
  });
});
