/** What `switch` shows of every node while it waits. */
import { expect, test } from "vitest";
import type { ManagerEvent } from "../../src/bus/event.ts";
import type { StateMessage } from "../../src/cli/door/door-messages.ts";
import { styleOf } from "../../src/cli/style.ts";
import { Progress } from "../../src/cli/views/progress-text.ts";

const stream = { write: () => true, on: () => undefined, off: () => undefined, columns: 60, rows: 24 };
const style = styleOf(stream, { LANG: "C.UTF-8" });

const begun = {
  ...{ type: "transition", id: "r", seq: 1, at: 0 },
  data: {
    cause: "request",
    from: "idle",
    to: "auto",
    plan: {
      mode: "auto",
      stop: [{ node: "radio", after: [] }],
      start: [
        { node: "lidar", after: ["clock"] },
        { node: "map", after: ["lidar"] },
        { node: "planner", after: ["map"] },
        { node: "camera", after: [] },
      ],
      keep: ["clock"],
      awaited: ["clock"],
    },
  },
} as unknown as ManagerEvent;

/** The lines after these moves, at the time of the last. */
function shown(...moves: readonly (readonly [at: number, node: string, state: string])[]): readonly string[] {
  const progress = new Progress("r");
  const nodes = new Map([
    ["clock", { state: "starting" }],
    ["radio", { state: "ready" }],
  ]);
  progress.start({ state: { nodes } } as unknown as StateMessage);
  progress.take(begun);
  for (const [at, node, state] of moves) {
    progress.take({
      ...{ type: "node", id: "r", seq: 2, at },
      data: { node, state },
    } as unknown as ManagerEvent);
  }
  return progress.lines("auto", style, moves.at(-1)?.[0] ?? 0);
}

test("each node is shown with what it waits for, kept ones that are not ready too", () => {
  expect(shown([10, "radio", "stopping"])).toEqual([
    "→ auto  stopping  0 of 6  10 ms",
    "  ● radio    stopping  0 ms",
    "  ● clock    starting  10 ms",
    "  ○ lidar    waits for clock",
    "  ○ map      waits for lidar",
    "  ○ planner  waits for map",
    "  ○ camera   waits",
  ]);
});

test("a start that has failed is over, and so is everything that depends on it", () => {
  const moves = [
    [10, "radio", "stopping"],
    [15, "radio", "stopped"],
    [20, "clock", "ready"],
    [20, "lidar", "starting"],
    [120, "lidar", "stopped"],
  ] as const;

  expect(shown(...moves)).toEqual([
    "→ auto  stopping  5 of 6  120 ms",
    "  ✓ radio    stopped  5 ms",
    "  ✓ clock    ready  20 ms",
    "  ✗ lidar    failed  100 ms",
    "  ○ map      skipped",
    "  ○ planner  skipped",
    "  ○ camera   waits",
  ]);
});
