import { describe, expect, test } from "vitest";
import type { ManagerEvent } from "../../src/bus/event.ts";
import { timelineOf } from "../../src/cli/views/timeline.ts";
import { timelineLines } from "../../src/cli/views/timeline-text.ts";
import { styleOf } from "../../src/cli/style.ts";

type Step = readonly [node: string, after?: readonly string[]];

const at0 = 1_000_000;

/** A transition's events: what its plan says, then one state of one node at a time. */
function story(
  plan: {
    readonly stop?: readonly Step[];
    readonly start?: readonly Step[];
    readonly awaited?: readonly string[];
  },
  moves: readonly (readonly [atMs: number, node: string, state: string, spawnedMs?: number])[],
  endMs: number,
): ManagerEvent[] {
  const steps = (list: readonly Step[] = []) => list.map(([node, after = []]) => ({ node, after }));
  const awaited = plan.awaited ?? [];
  const events = [
    {
      type: "transition",
      id: "r",
      at: at0,
      data: {
        cause: "request",
        from: "a",
        to: "b",
        attempt: 1,
        plan: { mode: "b", stop: steps(plan.stop), start: steps(plan.start), keep: awaited, awaited },
      },
    },
    ...moves.map(([atMs, node, state, spawnedMs]) => {
      const spawnedAt = spawnedMs === undefined ? null : at0 + spawnedMs;
      return { type: "node", id: "r", at: at0 + atMs, data: { node, state, spawnedAt } };
    }),
    { type: "result", id: "r", at: at0 + endMs, data: { outcome: "changed" } },
  ];
  return events.map((event, index) => ({ ...event, seq: index + 1 })) as unknown as ManagerEvent[];
}

const moves = [
  [0, "planner", "stopping"],
  [0, "radio", "stopping"],
  [20, "radio", "stopped"],
  [50, "planner", "stopped"],
  [51, "camera", "starting"],
  [51, "lidar", "starting"],
  [120, "lidar", "ready"],
  [360, "camera", "ready", 204],
  [361, "pilot", "starting"],
  [400, "pilot", "ready"],
] as const;

const plan = {
  stop: [["planner"], ["radio"]],
  start: [["camera"], ["lidar"], ["pilot", ["camera", "lidar"]]],
} as const;

describe("timelineOf", () => {
  test("has a bar per node with its own begin and end", () => {
    const timeline = timelineOf(story(plan, moves, 402), "r");

    expect(timeline?.lengthMs).toBe(402);
    expect(timeline?.bars.find(({ node }) => node === "camera")?.spawnMs).toBe(204);
    expect(timeline?.bars.map(({ node, kind, beginMs, endMs }) => [node, kind, beginMs, endMs])).toEqual([
      ["planner", "stop", 0, 50],
      ["radio", "stop", 0, 20],
      ["camera", "start", 51, 360],
      ["lidar", "start", 51, 120],
      ["pilot", "start", 361, 400],
    ]);
  });

  test("I3, I5: the longest chain goes through dependencies, and through the barrier to the last stop", () => {
    expect(timelineOf(story(plan, moves, 402), "r")?.chain).toEqual(["planner", "camera", "pilot"]);
  });

  test("a kept node that was waited for belongs to it too", () => {
    const events = story(
      { start: [["pilot", ["camera"]]], awaited: ["camera"] },
      [
        [90, "camera", "ready"],
        [91, "pilot", "starting"],
        [130, "pilot", "ready"],
      ],
      131,
    );
    const timeline = timelineOf(events, "r");

    expect(timeline?.chain).toEqual(["camera", "pilot"]);
    expect(timeline?.bars[0]).toMatchObject({
      node: "camera",
      kind: "wait",
      beginMs: 0,
      endMs: 90,
      failed: false,
    });
  });

  test("failures are marked: a start that ended, a stop that is stuck, and one without an end", () => {
    const events = story(
      { stop: [["mule"]], start: [["camera"], ["lidar"]] },
      [
        [0, "mule", "stopping"],
        [70, "mule", "stuck"],
        [71, "camera", "starting"],
        [71, "lidar", "starting"],
        [80, "camera", "stopped"],
      ],
      200,
    );

    expect(timelineOf(events, "r")?.bars.map(({ node, failed, endMs }) => [node, failed, endMs])).toEqual([
      ["mule", true, 70],
      ["camera", true, 80],
      ["lidar", true, 200],
    ]);
  });

  test("a node that was skipped has no bar, and a request without a transition no time line", () => {
    expect(timelineOf(story({ start: [["needy", ["broken"]]] }, [], 5), "r")?.bars).toEqual([]);
    expect(timelineOf(story(plan, moves, 402), "other")).toBeUndefined();
  });
});

describe("timelineLines", () => {
  const stream = { write: () => true, on: () => undefined, off: () => undefined, columns: 80, rows: 24 };

  test("fits the width and draws bars to scale", () => {
    const timeline = timelineOf(story(plan, moves, 402), "r");
    const lines = timelineLines(
      timeline ?? { lengthMs: 0, bars: [], chain: [] },
      styleOf(stream, { LANG: "C.UTF-8" }),
    );

    expect(lines).toEqual(
      [
        "  stop  planner ▒▒▒▒▒▒                                              50 ms ◀",
        "  stop  radio   ▒▒▒                                                 20 ms",
        "  start camera         ███████████████████░░░░░░░░░░░░░░░░░░░      309 ms ◀",
        "  start lidar          █████████                                    69 ms",
        "  start pilot                                               █████    39 ms ◀",
        "  █ starting  ░ waiting for readiness",
        "  ◀ longest chain: planner → camera → pilot",
      ].map((line) => expect.stringMatching(new RegExp(`^${line.replaceAll(/([█▒░ ])\1*/g, "$1+")}$`))),
    );
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test("however long the names, it fits forty columns", () => {
    const long = "a-node-with-quite-a-long-name";
    const moved = [
      [0, long, "starting"],
      [90, long, "ready", 10],
    ] as const;
    const timeline = timelineOf(story({ start: [[long]] }, moved, 91), "r");
    const lines = timelineLines(
      timeline ?? { lengthMs: 0, bars: [], chain: [] },
      styleOf({ ...stream, columns: 40 }, {}),
    );

    expect(lines[0]).toMatch(/^ {2}start a-nod\S+… █░+ +90 ms ◀$/);
    expect(lines.filter((line) => line.length > 40)).toEqual([]);
  });

  test("however short, a start is shown as waiting only if it was", () => {
    const moved = [
      [0, "ghost", "starting"],
      [0, "quick", "starting"],
      [0, "long", "starting"],
      [3, "ghost", "stopped"],
      [4, "quick", "ready", 4],
      [1000, "long", "ready", 2],
    ] as const;
    const timeline = timelineOf(story({ start: [["ghost"], ["quick"], ["long"]] }, moved, 1000), "r");
    const lines = timelineLines(timeline ?? { lengthMs: 0, bars: [], chain: [] }, styleOf(stream, {}));

    expect(lines[0]).toMatch(/^✗ start ghost █ /);
    expect(lines[1]).toMatch(/^ {2}start quick █ /);
    expect(lines[2]).toMatch(/^ {2}start long {2}░+ /);
  });

  test("of more nodes than fit, the chain and the longest stay", () => {
    const names = Array.from({ length: 60 }, (_, index) => `n${index}`);
    const events = story(
      { start: names.map((node) => [node] as const) },
      [
        ...names.map((node) => [0, node, "starting"] as const),
        ...names.map((node, index) => [index + 1, node, "ready"] as const),
      ],
      61,
    );
    const lines = timelineLines(
      timelineOf(events, "r") ?? { lengthMs: 0, bars: [], chain: [] },
      styleOf(stream, {}),
    );

    expect(lines.length).toBeLessThan(24);
    expect(lines.join("\n")).toContain("n59");
    expect(lines.join("\n")).toContain("and 45 shorter ones");
  });
});
