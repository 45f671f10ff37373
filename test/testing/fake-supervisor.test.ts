/** The fake supervisor's scripts and record; the port's contract is held in test/supervisor by the shared suite. */
import { expect, test } from "vitest";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import { codeOf } from "../../src/errors.ts";
import { describeEntry } from "../../src/testing/fake-record.ts";
import {
  fakeSupervisor,
  type FakeSupervisor,
  type FakeSupervisorOptions,
} from "../../src/testing/fake-supervisor.ts";
import { simulatedClock, type SimulatedClock } from "../../src/testing/simulated-clock.ts";

const { nodes } = defineCatalogue({
  defaultMode: "on",
  nodes: {
    camera: {
      startTimeout: 1_000,
      stopTimeout: 500,
      killTimeout: 200,
      restart: { policy: "on_failure", backoff: 100 },
    },
    calibration: { conflicts: ["camera"] },
  },
  modes: { on: ["camera"], calibrating: ["calibration"] },
});

interface Bench {
  readonly clock: SimulatedClock;
  readonly supervisor: FakeSupervisor;
  /** Lets an operation run and says how it ended: null or a code. */
  readonly ended: (operation: Promise<void>) => Promise<string | null>;
}

async function bench(options: FakeSupervisorOptions = {}): Promise<Bench> {
  const clock = simulatedClock();
  const supervisor = fakeSupervisor(options);
  await supervisor.open(nodes, { namespace: "test", clock, waitForLock: false });
  const ended = async (operation: Promise<void>): Promise<string | null> => {
    const code = operation.then(
      () => null,
      (error: unknown) => codeOf(error) ?? "no code",
    );
    await clock.runAll(10_000);
    return code;
  };
  return { clock, supervisor, ended };
}

const stateOf = ({ supervisor }: Bench, node = "camera") => supervisor.running().get(node)?.state;

test("a node takes as long to start and stop as its script says", async () => {
  const { clock, supervisor, ended } = await bench({ nodes: { camera: { startMs: 300, stopMs: 200 } } });

  expect(await ended(supervisor.start("camera"))).toBe(null);
  expect(clock.now()).toBe(300);
  expect(await ended(supervisor.stop("camera"))).toBe(null);
  expect(clock.now()).toBe(500);
  expect(supervisor.entries.map(describeEntry)).toEqual([
    "at 0 camera asked to start",
    "at 0 camera spawned #1",
    "at 300 camera ready #1",
    "at 300 camera start: done",
    "at 300 camera asked to stop",
    "at 300 camera signalled #1",
    "at 500 camera ended #1",
    "at 500 camera stop: done",
  ]);
});

test.each([
  ["cannot be spawned", { failsToSpawn: "ENOENT" }, "ENOENT", 0],
  ["ends before it is ready", { startMs: 50, exitsEarly: { code: 2, signal: null } }, "NODE_EXITED", 50],
  ["hangs while it boots", { startMs: Infinity }, "NODE_READY_TIMEOUT", 1_000],
] as const)("a node that %s fails its start with %j as %s", async (_, behaviour, code, atMs) => {
  const { clock, supervisor, ended } = await bench({ nodes: { camera: behaviour } });

  expect(await ended(supervisor.start("camera"))).toBe(code);
  expect(clock.now()).toBe(atMs);
  expect(supervisor.running().get("camera")?.state).toBe("stopped");
});

test("I17: a node that is ready without having said so is found when it is looked at once more", async () => {
  const it = await bench({ nodes: { camera: { startMs: 300, readyUnseen: true } } });

  expect(await it.ended(it.supervisor.start("camera"))).toBe(null);
  expect(it.clock.now()).toBe(1_000);
});

test("a node that ignores the stop signal is killed after stop_timeout", async () => {
  const it = await bench({ nodes: { camera: { stopMs: Infinity } } });
  await it.ended(it.supervisor.start("camera"));

  expect(await it.ended(it.supervisor.stop("camera"))).toBe(null);
  expect(it.clock.now()).toBe(500);
});

test("a node that survives one SIGKILL is stuck until the next", async () => {
  const it = await bench({ nodes: { camera: { survivesKills: 1 } } });
  await it.ended(it.supervisor.start("camera"));

  expect(await it.ended(it.supervisor.stop("camera", { force: true }))).toBe("NODE_STUCK");
  expect(stateOf(it)).toBe("stuck");
  expect(await it.ended(it.supervisor.stop("camera", { force: true }))).toBe(null);
  expect(stateOf(it)).toBe("stopped");
});

test("I20: a node that was ready is restarted after its backoff when it crashes", async () => {
  const it = await bench();
  await it.ended(it.supervisor.start("camera"));

  it.supervisor.crash("camera");
  expect(stateOf(it)).toBe("backoff");
  await it.clock.advance(99);
  expect(stateOf(it)).toBe("backoff");
  await it.clock.advance(1);
  expect(it.supervisor.running().get("camera")).toMatchObject({ state: "ready", generation: 2, restarts: 1 });
});

test("I12: a node is refused while its rival has a process, and may run when that is gone", async () => {
  const it = await bench();
  await it.ended(it.supervisor.start("camera"));

  expect(await it.ended(it.supervisor.start("calibration"))).toBe("CONFLICT_RUNNING");
  await it.ended(it.supervisor.stop("camera"));
  expect(await it.ended(it.supervisor.start("calibration"))).toBe(null);
});

test("a stop overtakes the start it comes after", async () => {
  const it = await bench({ nodes: { camera: { startMs: Infinity } } });
  const start = it.supervisor.start("camera").then(() => null, codeOf);
  await it.clock.advance(10);

  expect(await it.ended(it.supervisor.stop("camera"))).toBe(null);
  expect(await start).toBe("SUPERSEDED");
  expect(it.clock.now()).toBe(10);
});
