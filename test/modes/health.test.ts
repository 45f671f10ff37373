/** Health: what runs against what the settled mode asks for. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import { exitText, healthOf, rootReasons } from "../../src/modes/health.ts";
import { isUp, type NodeStatus, type Observed } from "../../src/modes/observation.ts";
import { catalogueArbitrary, modeArbitrary, observedArbitrary } from "../../src/testing/arbitraries.ts";

const catalogue = defineCatalogue({
  defaultMode: "idle",
  nodes: { clock: {}, selfcheck: { oneshot: true }, drive: {} },
  modes: { idle: ["clock", "selfcheck"], off: [] },
});
type Node = "clock" | "selfcheck" | "drive";
const seen = (nodes: Partial<Record<Node, Partial<NodeStatus>>>): Observed<Node> =>
  new Map(
    Object.entries(nodes).map(([name, node]) => [name as Node, { state: "ready", generation: 1, ...node }]),
  );

const fine = { clock: { state: "ready" }, selfcheck: { state: "done" } } as const;

test("a mode whose nodes are ready or done, with nothing beside them, is ok", () => {
  expect(healthOf(catalogue, "idle", seen(fine))).toEqual({ status: "ok", reasons: [] });
  expect(healthOf(catalogue, "idle", seen({ ...fine, drive: { state: "stopped" } })).status).toBe("ok");
});

test("before the first settling, and for a mode that does not exist, there is nothing to judge", () => {
  expect(healthOf(catalogue, null, seen({ drive: {} }))).toEqual({ status: "ok", reasons: [] });
  expect(healthOf(catalogue, "nowhere" as "idle", seen({ drive: {} }))).toEqual({
    status: "ok",
    reasons: [],
  });
});

describe("each reason has its code, its status and a sentence", () => {
  const exit = { code: 3, signal: null };
  test.each<[string, Parameters<typeof seen>[0], string, string, string]>([
    [
      "a node in backoff",
      { clock: { state: "backoff" } },
      "recovering",
      "NODE_RECOVERING",
      "clock will be restarted",
    ],
    [
      "a node in backoff whose end and pause are known",
      { clock: { state: "backoff", exit, since: 1_000, restartAt: 1_500 } },
      "recovering",
      "NODE_RECOVERING",
      "clock will be restarted in 0.5 s (exit 3)",
    ],
    [
      "a node in backoff that the mode does not list",
      { drive: { state: "backoff" } },
      "degraded",
      "NODE_UNWANTED",
      "drive waits to be restarted although the mode does not list it",
    ],
    [
      "a node that starts",
      { clock: { state: "starting" } },
      "recovering",
      "NODE_RECOVERING",
      "clock is starting",
    ],
    [
      "a node that was never seen",
      { clock: { state: "stopped" } },
      "degraded",
      "NODE_DOWN",
      "clock is not running",
    ],
    [
      "a node that ended",
      { clock: { state: "stopped", exit } },
      "degraded",
      "NODE_DOWN",
      "clock is not running (exit 3)",
    ],
    [
      "a node that was given up",
      { clock: { state: "stopped", gaveUp: true, exit } },
      "degraded",
      "NODE_GAVE_UP",
      "clock has ended (exit 3) and will not be restarted",
    ],
    [
      "a node that survived SIGKILL",
      { clock: { state: "stuck" } },
      "degraded",
      "NODE_STUCK",
      "clock survived SIGKILL",
    ],
    [
      "a node that the mode does not list",
      { drive: { state: "stuck" } },
      "degraded",
      "NODE_UNWANTED",
      "drive is stuck although the mode does not list it",
    ],
  ])("%s", (_, nodes, status, code, message) => {
    const [node] = Object.keys(nodes);

    const health = healthOf(catalogue, "idle", seen({ ...fine, ...nodes }));

    expect(health).toMatchObject({ status, reasons: [{ node, code, message }] });
    expect(health.reasons).toHaveLength(1);
  });

  test("I20: a node that was given up says how it ended, its last lines included", () => {
    const last = { code: 3, signal: null, stderr: ["no such device"] };

    const { reasons } = healthOf(
      catalogue,
      "idle",
      seen({ ...fine, clock: { state: "stopped", gaveUp: true, exit: last } }),
    );

    expect(reasons[0]?.exit).toEqual(last);
  });
});

test("one node that nothing mends makes the whole degraded, however many recover", () => {
  const health = healthOf(
    catalogue,
    "idle",
    seen({ clock: { state: "backoff" }, selfcheck: { state: "stopped" } }),
  );

  expect(health.status).toBe("degraded");
  expect(health.reasons.map((reason) => reason.node)).toEqual(["clock", "selfcheck"]);
});

test("health is ok exactly when every listed node is up and no other runs, whatever is observed", () => {
  const situation = catalogueArbitrary().chain((any) =>
    fc.tuple(fc.constant(any), modeArbitrary(any), observedArbitrary(any, { leftovers: true })),
  );
  fc.assert(
    fc.property(situation, ([any, mode, observed]) => {
      const isWhole = mode.nodes.every((node) => isUp(observed.get(node)));
      const isAlone = [...observed].every(
        ([name, node]) => mode.nodes.includes(name) || node.state === "stopped",
      );

      const health = healthOf(any, mode.name, observed);

      expect(health.status === "ok").toBe(isWhole && isAlone);
      expect(health.reasons.length === 0).toBe(health.status === "ok");
      expect(new Set(health.reasons.map((reason) => reason.node)).size).toBe(health.reasons.length);
    }),
  );
});

test("an end is printed as exit code or signal", () => {
  expect(exitText({ code: 1, signal: null })).toBe("exit 1");
  expect(exitText({ code: null, signal: "SIGKILL" })).toBe("SIGKILL");
  expect(exitText({ code: null, signal: null })).toBe("end unknown");
  expect(exitText(undefined)).toBe("end unknown");
});

test("a node that is down because of what it depends on names it, and the root of the chain is found", () => {
  const robot = defineCatalogue({
    defaultMode: "drive",
    nodes: { lidar: {}, gps: {}, map: { dependsOn: ["lidar", "gps"] }, planner: { dependsOn: ["map"] } },
    modes: { drive: ["planner", "map", "lidar", "gps"] },
  });
  const health = healthOf(robot, "drive", new Map([["gps", { state: "ready", generation: 1 }]]));

  expect(health.reasons.map(({ node, blockedBy }) => [node, blockedBy])).toEqual([
    ["planner", ["map"]],
    ["map", ["lidar"]],
    ["lidar", undefined],
  ]);
  expect(rootReasons(health).map(({ node }) => node)).toEqual(["lidar"]);
  expect(rootReasons({ status: "ok", reasons: [] })).toEqual([]);
});
