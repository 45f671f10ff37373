import { describe, expect, test } from "vitest";
import type { ManagerEvent } from "../../src/bus/event.ts";
import { explain, type Cause } from "../../src/cli/causes.ts";
import { foremostSubject, subjectsIn } from "../../src/cli/subjects.ts";

let seq = 0;

function event(type: ManagerEvent["type"], id: string, data: object): ManagerEvent {
  seq += 1;
  return { type, id, at: seq * 1000, seq, data } as unknown as ManagerEvent;
}

const node = (id: string, name: string, state: string, more: object = {}): ManagerEvent =>
  event("node", id, {
    node: name,
    state,
    generation: 1,
    pid: null,
    exit: null,
    restarts: 0,
    gaveUp: false,
    since: 0,
    cause: "",
    ...more,
  });

const transition = (
  id: string,
  to: string,
  start: readonly (readonly [string, readonly string[]])[],
  cause = "request",
  stop: readonly string[] = [],
): ManagerEvent =>
  event("transition", id, {
    cause,
    from: "idle",
    to,
    attempt: 1,
    plan: {
      mode: to,
      stop: stop.map((name) => ({ node: name, after: [] })),
      start: start.map(([name, after]) => ({ node: name, after })),
      keep: [],
      awaited: [],
    },
  });

const result = (
  id: string,
  outcome: string,
  errors: readonly object[] = [],
  more: object = {},
): ManagerEvent =>
  event("result", id, {
    requestId: id,
    requestedMode: "teleop",
    outcome,
    ok: errors.length === 0,
    errors,
    nodesStarted: [],
    nodesStopped: [],
    durationMs: 2100,
    attempt: 1,
    ...more,
  });

/** The chain without its times. */
function print(cause: Cause | undefined, depth = 0): string {
  if (cause === undefined) return "nothing";
  const text = `${"  ".repeat(depth)}${cause.text.replaceAll(/\d\d:\d\d:\d\d\.\d+/g, "T")}`;
  const details = (cause.details ?? []).map((line) => `${"  ".repeat(depth)}| ${line}`);
  return [text, ...details, ...cause.because.map((other) => print(other, depth + 1))].join("\n");
}

const asked = event("accepted", "r17", { mode: "teleop", by: "ui", onBusy: "preempt", position: 0 });
const failedStart = [
  asked,
  transition("r17", "teleop", [
    ["clock", []],
    ["lidar", ["clock"]],
    ["planner", ["lidar"]],
  ]),
  node("r17", "clock", "starting"),
  node("r17", "clock", "ready"),
  node("r17", "lidar", "starting"),
  node("r17", "lidar", "stopped", { exit: { code: 1, signal: null, stderr: ["laser is off"] } }),
  transition("r17", "idle", [], "rollback", ["clock"]),
  result("r17", "rolled_back", [
    {
      node: "lidar",
      phase: "start",
      code: "NODE_EXITED",
      message: "lidar ended before it was ready (exit 1).",
      exit: { code: 1, signal: null, stderr: ["laser is off"] },
    },
    {
      node: "planner",
      phase: "start",
      code: "DEPENDENCY_FAILED",
      message: "planner was not started: lidar, which it depends on, is not up",
    },
  ]),
];

describe("explain", () => {
  test("a request: who asked, how it ended, which node failed with its last words, and the plan", () => {
    expect(print(explain(failedStart, "r17"))).toBe(
      [
        "request r17 by ui for mode teleop at T: rolled_back after 2.10 s",
        "  lidar could not start: NODE_EXITED, lidar ended before it was ready (exit 1). It was started at T after waiting for clock, and ran 1.00 s.",
        "  | laser is off",
        "  longest chain: clock took 1.00 s to start, then lidar was not ready after 1.00 s, then clock did not stop in 1.00 s",
        "  began at T: idle to teleop, stops nothing, starts clock, lidar, planner",
        "  rollback at T: idle to idle, stops clock, starts nothing",
      ].join("\n"),
    );
  });

  test("a program that could not be run was tried, and did not run", () => {
    const error = { node: "lidar", phase: "start", code: "ENOENT", message: "no such command." };
    const events = [
      transition("r4", "teleop", [["lidar", []]]),
      node("r4", "lidar", "starting", { spawnedAt: null }),
      node("r4", "lidar", "stopped", { spawnedAt: null }),
      result("r4", "degraded", [error]),
    ];

    expect(print(explain(events, "r4"))).toContain("ENOENT, no such command. It was tried at T.\n");
  });

  test("a request that was turned away keeps who asked for what", () => {
    const reason = { code: "FROM_REFUSED", message: "not from idle" };
    const rejected = result("r9", "rejected", [], {
      ok: false,
      by: "joystick",
      at: 0,
      durationMs: 0,
      reason,
    });

    expect(print(explain([rejected], "r9"))).toBe(
      "request r9 by joystick for mode teleop at T: rejected after 0 ms\n| not from idle",
    );
  });

  test("a node that was never started: down to the dependency that failed, and to the request", () => {
    expect(print(explain(failedStart, "planner"))).toBe(
      [
        "planner does not run",
        "  planner could not start: DEPENDENCY_FAILED, planner was not started: lidar, which it depends on, is not up",
        "    lidar could not start: NODE_EXITED, lidar ended before it was ready (exit 1). It was started at T after waiting for clock, and ran 1.00 s.",
        "    | laser is off",
        "  mode teleop needs planner",
        "    request r17 by ui for mode teleop at T: rolled_back after 2.10 s",
        "      rollback at T: idle to idle, stops clock, starts nothing",
      ].join("\n"),
    );
  });

  test("a node that runs: which mode needs it, and who asked for that", () => {
    expect(print(explain(failedStart, "clock"))).toContain(
      "clock is ready since T\n  mode teleop needs clock\n    request r17 by ui",
    );
  });

  test("a node that crashed and was restarted: how it ended, how long it had been ready", () => {
    const events = [
      ...failedStart.slice(0, 4),
      node("", "clock", "backoff", {
        exit: { code: null, signal: "SIGSEGV", stderr: ["boom"] },
        cause: "ended by itself (SIGSEGV)",
      }),
      node("", "clock", "starting", { generation: 2, restarts: 1 }),
      node("", "clock", "ready", { generation: 2, restarts: 1 }),
    ];

    expect(print(explain(events, "clock"))).toContain(
      "clock is ready since T (1 restart by its policy)\n  clock ended by itself at T: SIGSEGV, after",
    );
    expect(print(explain(events, "clock"))).toContain("| boom");
  });

  test("an end that was asked for is no cause of its own", () => {
    const events = [
      ...failedStart.slice(0, 4),
      event("accepted", "r18", { mode: "bare", by: null, onBusy: "preempt", position: 0 }),
      transition("r18", "bare", []),
      node("r18", "clock", "stopping"),
      node("r18", "clock", "stopped", { exit: { code: null, signal: "SIGTERM" }, cause: "gone" }),
      result("r18", "changed"),
    ];

    expect(print(explain(events, "clock"))).toBe(
      "clock is stopped since T\n  mode bare does not list clock\n    request r18 for mode bare at T: changed after 2.10 s",
    );
  });

  test("a superseded request leads to the one that took its place; circles end", () => {
    const events = [
      asked,
      transition("r17", "teleop", []),
      result("r17", "superseded", [], {
        reason: { code: "SUPERSEDED", message: "r18 came after it" },
        supersededBy: { id: "r18", mode: "safe" },
      }),
      event("accepted", "r18", { mode: "safe", by: "e-stop", onBusy: "preempt", position: 0 }),
      transition("r18", "safe", []),
      result("r18", "superseded", [], {
        supersededBy: { id: "r17", mode: "teleop" },
        reason: { code: "SUPERSEDED", message: "odd" },
      }),
    ];

    expect(print(explain(events, "r17"))).toContain("  request r18 by e-stop for mode safe");
  });

  test("boot, and requests that are not answered yet", () => {
    expect(print(explain([transition("boot-1", "idle", [["clock", []]], "boot")], "boot-1"))).toMatch(
      /^boot for mode idle at T: it is not answered yet\n/,
    );
  });

  test("a request that is not answered yet: which nodes it waits for", () => {
    expect(print(explain(failedStart.slice(0, 5), "r17"))).toBe(
      [
        "request r17 by ui for mode teleop at T: it is not answered yet",
        "  waits for lidar, starting since T",
        "  began at T: idle to teleop, stops nothing, starts clock, lidar, planner",
      ].join("\n"),
    );
  });

  test("a kept dependency that was not ready is named as waited for, while it lasts and afterwards", () => {
    const plan = {
      mode: "teleop",
      stop: [],
      start: [{ node: "pilot", after: ["clock"] }],
      keep: ["clock"],
      awaited: ["clock"],
    };
    const begun = [
      node("r17", "clock", "starting"),
      event("transition", "r18", { cause: "request", from: "idle", to: "teleop", attempt: 1, plan }),
    ];
    const ended = [
      ...begun,
      node("r18", "clock", "ready"),
      node("r18", "pilot", "starting"),
      node("r18", "pilot", "ready"),
      result("r18", "changed"),
    ];

    expect(print(explain(begun, "r18"))).toContain("\n  waits for clock, which is kept, starting since T\n");
    expect(print(explain(ended, "r18"))).toBe(
      [
        "request r18 for mode teleop at T: changed after 2.10 s",
        "  longest chain: clock, which is kept, was ready only after 1.00 s, then pilot took 1.00 s to start",
        "  began at T: idle to teleop, stops nothing, starts pilot, waits for clock",
      ].join("\n"),
    );
  });

  test("something unknown has no explanation, and what is known can be listed", () => {
    expect(explain(failedStart, "nobody")).toBeUndefined();
    expect(subjectsIn(failedStart)).toEqual(["r17", "lidar", "clock"]);
  });
});

describe("what is explained when nobody says what", () => {
  const done = result("ok-2", "changed");
  const down = (name: string, blockedBy?: readonly string[]): object => ({
    node: name,
    code: "NODE_DOWN",
    message: `${name} is not running`,
    ...(blockedBy === undefined ? {} : { blockedBy }),
  });
  const unwell = (...reasons: object[]): ManagerEvent => event("health", "", { status: "degraded", reasons });

  test("the running request goes before everything", () => {
    expect(foremostSubject(failedStart.slice(0, 5))).toBe("r17");
  });

  test("the last request that did not end well goes before later ones that did", () => {
    expect(foremostSubject([...failedStart, done])).toBe("r17");
    expect(foremostSubject([...failedStart, unwell(down("lidar"), down("planner", ["lidar"])), done])).toBe(
      "r17",
    );
  });

  test("a node that has gone down since, the first of its chain", () => {
    const since = unwell(down("map", ["gps"]), down("gps"));

    expect(foremostSubject([...failedStart, done, since])).toBe("gps");
  });

  test("when all is well, the last request; and nothing when there was none", () => {
    expect(foremostSubject([result("ok-1", "changed"), done])).toBe("ok-2");
    expect(foremostSubject([])).toBeUndefined();
  });
});
