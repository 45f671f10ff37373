/** defineCatalogue: what it accepts, what it infers, and how it refuses. */
import { expect, test } from "vitest";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import type { Catalogue } from "../../src/modes/catalogue.ts";

test("mode and node names are inferred as literal types, with and without a nodes section", () => {
  const bare = defineCatalogue({
    defaultMode: "idle",
    modes: {
      idle: ["clock"],
      teleop: { nodes: ["clock", "drive"], restartNodes: ["drive"], from: ["idle"] },
    },
  });
  const full = defineCatalogue({
    defaultMode: "idle",
    nodes: { clock: { command: ["node", "clock.js"] }, drive: { dependsOn: ["clock"] } },
    modes: { idle: ["clock"], teleop: { nodes: ["clock", "drive"] } },
  });

  const mode: "idle" | "teleop" = bare.defaultMode;
  const nodes: readonly ("clock" | "drive")[] = [...bare.nodes.keys(), ...full.nodes.keys()];
  const anyCatalogue: Catalogue = full;

  expect(mode).toBe("idle");
  expect(nodes).toEqual(["clock", "drive", "clock", "drive"]);
  expect(anyCatalogue.nodes.get("drive")?.dependsOn).toEqual(["clock"]);
});

test("a mistyped mode or node name is a compile error and a problem", () => {
  expect(() =>
    defineCatalogue({
      // @ts-expect-error -- no such mode
      defaultMode: "idel",
      modes: { idle: [] },
    }),
  ).toThrow("Did you mean 'idle'?");
  expect(() =>
    defineCatalogue({
      defaultMode: "idle",
      // @ts-expect-error -- no such node
      nodes: { clock: { dependsOn: ["clok"] } },
      modes: { idle: [] },
    }),
  ).toThrow("Did you mean 'clock'?");
  expect(() =>
    defineCatalogue({
      defaultMode: "idle",
      nodes: { clock: {} },
      // @ts-expect-error -- no such node
      modes: { idle: ["clok"] },
    }),
  ).toThrow("Did you mean 'clock'?");
});

test("fields are camelCase, durations are text or milliseconds, relative paths are in the given folder", () => {
  const catalogue = defineCatalogue(
    {
      namespace: "rover-1",
      defaultMode: "idle",
      defaults: { stopTimeout: "4s", env: { LOG: "info" } },
      nodes: {
        camera: {
          command: ["camera"],
          cwd: "nodes",
          env: { FPS: "30" },
          resources: ["dev:0"],
          ready: { tcp: "10.0.0.1:80" },
          startTimeout: 1500,
          restart: { policy: "never", maxBackoff: "1m" },
        },
        calibration: { resources: ["dev:0"], oneshot: true },
      },
      modes: {
        idle: [],
        look: { nodes: ["camera"], restartNodes: ["camera"], onFailure: "fallback", from: ["idle"] },
        safe: { urgent: true, stopNodes: ["camera"] },
      },
      fallbackMode: "safe",
      onBusy: "reject",
      transitionTimeout: "1m",
      invariants: [
        { neverTogether: ["camera", "calibration"], faults: "any" },
        { quietIn: "safe", nodes: ["camera"] },
        { reachableFromEverywhere: "safe" },
      ],
      service: { redis: { urlEnv: "REDIS" }, stateDir: "state", deathGrace: 10, inspect: 0 },
    },
    { folder: "/robot" },
  );

  expect(catalogue.nodes.get("camera")).toEqual({
    name: "camera",
    command: ["camera"],
    cwd: "/robot/nodes",
    env: { LOG: "info", FPS: "30" },
    dependsOn: [],
    conflicts: ["calibration"],
    resources: ["dev:0"],
    ready: { kind: "tcp", host: "10.0.0.1", port: 80 },
    startTimeoutMs: 1500,
    stopSignal: "SIGTERM",
    stopTimeoutMs: 4000,
    killTimeoutMs: 2000,
    restart: { policy: "never", max: 5, windowMs: 60_000, backoffMs: 500, maxBackoffMs: 60_000 },
    oneshot: false,
  });
  expect(catalogue.nodes.get("calibration")).toMatchObject({ cwd: "/robot", conflicts: ["camera"] });
  expect(catalogue.modes.get("look")).toEqual({
    name: "look",
    nodes: ["camera"],
    stopNodes: [],
    restartNodes: ["camera"],
    from: ["idle"],
    urgent: false,
    onFailure: "fallback",
  });
  expect(catalogue).toMatchObject({
    namespace: "rover-1",
    fallbackMode: "safe",
    onBusy: "reject",
    transitionTimeoutMs: 60_000,
    invariants: [
      { kind: "never_together", nodes: ["camera", "calibration"], faults: "any" },
      { kind: "quiet_in", mode: "safe", nodes: ["camera"] },
      { kind: "reachable_from_everywhere", mode: "safe" },
    ],
    service: { redisUrlEnv: "REDIS", stateDir: "/robot/state", deathGraceMs: 10, inspectPort: 0 },
  });
});

test("problems speak camelCase too", () => {
  const refused = (): unknown =>
    defineCatalogue({
      defaultMode: "idle",
      nodes: { clock: { startTimeout: "2m" } },
      modes: { idle: { nodes: ["clock"], stopNodes: ["clock"], restart_nodes: [] } as object },
    });

  expect(refused).toThrowErrorMatchingInlineSnapshot(`
    [ModeshiftError: The catalogue: 3 problems
      modes.idle.restart_nodes: unknown key 'restart_nodes'
          Did you mean 'restartNodes'?
      nodes.clock.startTimeout: a start of up to 120000 ms is longer than transitionTimeout, 60000 ms
          Raise transitionTimeout above it.
      modes.idle.stopNodes[0]: 'clock' is in both nodes and stopNodes: it would be stopped and not come back
          To restart it on entering, list it in restartNodes instead.]
  `);
});

test("I13: a Map keeps names that an object literal loses, and its order", () => {
  const names = ["__proto__", "2", "1", "a.b", "#x", "constructor", "😀"];
  const catalogue = defineCatalogue({
    defaultMode: "toString",
    nodes: new Map(names.map((name) => [name, {}])),
    modes: new Map([
      ["toString", { nodes: names }],
      ["__proto__", { nodes: [] }],
    ]),
  });

  expect([...catalogue.nodes.keys()]).toEqual(names);
  expect(catalogue.modes.get("toString")?.nodes).toEqual(names);
  expect(catalogue.modes.get("valueOf")).toBeUndefined();
});

test.each([
  ["nothing", undefined],
  ["a string", "x"],
  ["an object that contains itself", circular()],
  ["an instance of a class", { defaultMode: "a", modes: new Date() }],
  ["functions", { defaultMode: () => "a", modes: { a: () => [] } }],
  ["symbols and bigints", { defaultMode: Symbol("a"), modes: { a: [1n] } }],
  ["names that are no names", { defaultMode: "\uD800", modes: { "\uD800": [], ["x".repeat(65)]: [] } }],
])("I13: %s is refused with CONFIG_INVALID", (_, input) => {
  expect(() => defineCatalogue(input as never)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
});

function circular(): object {
  const self: Record<string, unknown> = { defaultMode: "a" };
  self["modes"] = { a: self };
  return self;
}

test("names may be 64 code points long, whatever their length in UTF-16", () => {
  const name = "😀".repeat(64);

  expect(defineCatalogue({ defaultMode: name, modes: { [name]: [] } }).defaultMode).toBe(name);
});

test("a chain of ten thousand dependencies is fine", () => {
  const names = Array.from({ length: 10_000 }, (_, index) => `n${index}`);
  const nodes = new Map(
    names.map((name, index) => [name, { dependsOn: index === 0 ? [] : [`n${index - 1}`] }]),
  );

  const catalogue = defineCatalogue({ defaultMode: "all", nodes, modes: new Map([["all", names]]) });

  expect(catalogue.nodes.size).toBe(10_000);
});

test("a host of ready.tcp may be an IPv6 address in brackets; a port that cannot be is refused", () => {
  const withTcp = (tcp: string) =>
    defineCatalogue({ defaultMode: "idle", nodes: { node: { ready: { tcp } } }, modes: { idle: ["node"] } });

  expect(withTcp("[::1]:8080").nodes.get("node")?.ready).toEqual({ kind: "tcp", host: "::1", port: 8080 });
  expect(() => withTcp("localhost:65536")).toThrow("a port, or host:port");
});
