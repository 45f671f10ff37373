import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ManagerState, TransitionResult, UnnumberedEvent } from "modeshift";
import { parseEvent, parseResult, printEventData, printResult } from "../../src/bus/messages.ts";
import {
  parseSummary,
  parseNode,
  parseState,
  printSummary,
  printNode,
  printState,
} from "../../src/bus/state-message.ts";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";

const result: TransitionResult = {
  ...{
    requestId: "r",
    outcome: "degraded",
    ok: false,
    requestedMode: "teleop",
    previousMode: null,
    currentMode: "teleop",
  },
  ...{ nodesStarted: ["clock"], nodesStopped: [], attempt: 1, durationMs: 12, at: 5 },
  errors: [
    {
      node: "drive",
      phase: "start",
      code: "NODE_EXITED",
      message: "it ended",
      exit: { code: 1, signal: null },
    },
  ],
};

describe("a result", () => {
  test("is JSON in snake_case with its version first", () => {
    expect(printResult(result)).toBe(
      '{"v":1,"request_id":"r","outcome":"degraded","ok":false,"requested_mode":"teleop","previous_mode":null,' +
        '"current_mode":"teleop","nodes_started":["clock"],"nodes_stopped":[],"attempt":1,"duration_ms":12,"at":5,' +
        '"errors":[{"node":"drive","phase":"start","code":"NODE_EXITED","message":"it ended","exit":{"code":1,"signal":null}}]}',
    );
  });

  test("is read back as it was", () => {
    expect(parseResult(printResult(result))).toEqual(result);
  });

  test.each([
    "",
    "queued:1-0",
    "running:1:1-0",
    "{}",
    "[]",
    "null",
    '{"v":2}',
    '{"v":1,"outcome":"exploded"}',
  ])("is not read from %j", (text) => {
    expect(parseResult(text)).toBeUndefined();
  });
});

describe("an event", () => {
  const events: readonly UnnumberedEvent[] = [
    { type: "accepted", id: "r", at: 1, data: { mode: "teleop", by: null, onBusy: "queue", position: 2 } },
    {
      type: "progress",
      id: "r",
      at: 2,
      data: { phase: "starting", done: 1, total: 2, waitingFor: ["drive"] },
    },
    { type: "result", id: "r", at: 3, data: result },
    { type: "health", id: "", at: 4, data: { status: "ok", reasons: [] } },
    { type: "manager", id: "", at: 5, data: { what: "gap", holder: "h/1/x", epoch: 2, dropped: 3 } },
  ];

  test.each(events)("of type $type is read back as it was", (event) => {
    const fields = new Map(
      Object.entries({ seq: "7", type: event.type, id: event.id, at: String(event.at) }),
    );
    expect(parseEvent(fields.set("data", printEventData(event)))).toEqual({ ...event, seq: 7 });
  });

  test("of an unknown type or version is none", () => {
    const fields = { seq: "1", type: "accepted", id: "", at: "1", data: '{"v":1}' };
    const read = (changed: object) => parseEvent(new Map(Object.entries({ ...fields, ...changed })));
    expect(read({})).toBeDefined();
    for (const changed of [
      { type: "dream" },
      { data: '{"v":9}' },
      { data: "" },
      { seq: "x" },
      { type: "result" },
    ]) {
      expect(read(changed)).toBeUndefined();
    }
  });

  test("I13: no fields make it throw", () => {
    const fields = fc.dictionary(
      fc.constantFrom("seq", "type", "id", "at", "data"),
      fc.oneof(fc.json(), fc.string()),
    );
    fc.assert(
      fc.property(fields, (entries) => {
        parseEvent(new Map(Object.entries(entries)));
      }),
    );
  });
});

describe("a state", () => {
  const state: ManagerState = {
    ...{
      namespace: "n",
      mode: null,
      target: "__proto__",
      phase: "starting",
      request: "r",
      epoch: 3,
      holder: "h/1/x",
    },
    ...{ waiting: ["a"], waitingFor: ["drive"], bus: { status: "connected" } },
    health: {
      status: "degraded",
      reasons: [{ node: "drive", code: "NODE_DOWN", message: "it is not running" }],
    },
    nodes: new Map([
      ["__proto__", { state: "ready", generation: 2, pid: 9, since: 1, restarts: 0, gaveUp: false }],
    ]),
  };

  test("is read back from its two hashes as it was", () => {
    const nodes = new Map([...state.nodes].map(([node, status]) => [node, printNode(status)]));
    expect(parseState("n", printState(state), nodes)).toEqual(state);
  });

  test("is none where no manager has been", () => {
    expect(parseState("n", new Map(), new Map())).toBeUndefined();
  });

  test("bears with fields that somebody has written over", () => {
    const broken = new Map([...printState(state), ["reasons", "?"], ["waiting", "{}"]] as const);
    expect(parseState("n", broken, new Map([["x", "?"]]))).toMatchObject({ waiting: [], nodes: new Map() });
    expect(parseNode("[]")).toBeUndefined();
  });
});

describe("a catalogue", () => {
  const catalogue = defineCatalogue({
    defaultMode: "idle",
    nodes: {
      drive: { command: ["run", "--token", "secret"], env: { KEY: "secret" }, dependsOn: ["clock"] },
      clock: { command: ["c"] },
    },
    modes: {
      idle: ["clock"],
      teleop: { nodes: ["clock", "drive"], restartNodes: ["drive"], from: ["idle"] },
    },
  });

  test("is told without commands and environments", () => {
    expect(printSummary(catalogue)).not.toContain("secret");
  });

  test("is read back good enough to plan with", () => {
    const read = parseSummary("n", printSummary(catalogue));
    expect(read?.modes).toEqual(catalogue.modes);
    expect(read?.nodes.get("drive")?.dependsOn).toEqual(["clock"]);
    expect(parseSummary("n", "{}")).toBeUndefined();
  });
});
