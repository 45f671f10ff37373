/** The manager end to end in virtual time: boot, change, preempt, roll back, shut down. */
import { afterEach, expect, test } from "vitest";
import { memoryBus } from "../../src/bus/memory-bus.ts";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import { createLifecycleManager } from "../../src/lifecycle-manager.ts";
import type { LifecycleManager } from "../../src/lifecycle/manager-options.ts";
import type { TransitionResult } from "../../src/modes/result.ts";
import { fakeSupervisor } from "../../src/testing/fake-supervisor.ts";
import { simulatedClock } from "../../src/testing/simulated-clock.ts";

const open: LifecycleManager[] = [];

afterEach(async () => {
  for (const manager of open.splice(0)) void manager.stop();
});

function rover(nodes: Parameters<typeof fakeSupervisor>[0] = {}, bus = memoryBus()) {
  const catalogue = defineCatalogue({
    namespace: "rover-1",
    defaultMode: "idle",
    fallbackMode: "safe",
    nodes: {
      clock: {},
      camera: { dependsOn: ["clock"] },
      drive: { dependsOn: ["clock"], stopTimeout: "5s" },
      planner: { dependsOn: ["camera", "drive"] },
    },
    modes: {
      idle: ["clock"],
      teleop: ["clock", "camera", "drive"],
      autonomous: { nodes: ["clock", "camera", "drive", "planner"], onFailure: "rollback" },
      demo: { nodes: ["clock", "camera"], onFailure: "fallback", from: ["idle", "teleop"] },
      safe: { nodes: ["clock"], urgent: true },
    },
  });
  const supervisor = fakeSupervisor(nodes);
  const clock = simulatedClock();
  const manager = createLifecycleManager({ catalogue, supervisor, clock, bus });
  const results: TransitionResult[] = [];
  manager.results$.subscribe((result) => results.push(result));
  open.push(manager);
  return { catalogue, supervisor, clock, manager, results };
}

test("I18: start enters the default mode by a real transition and resolves with its result", async () => {
  const { manager, clock } = rover({ nodes: { clock: { startMs: 100 } } });

  const boot = manager.start();
  await clock.runAll();

  expect(await boot).toMatchObject({
    outcome: "changed",
    previousMode: null,
    currentMode: "idle",
    nodesStarted: ["clock"],
  });
  expect(manager.currentMode).toBe("idle");
});

test("I3, I5: a change stops, then starts along dependencies, in the time of the longest chain", async () => {
  const { manager, clock } = rover({
    nodes: { camera: { startMs: 300 }, drive: { startMs: 100 }, planner: { startMs: 50 } },
  });
  await (manager.start(), clock.runAll());

  const change = manager.changeMode("autonomous");
  await clock.advance(349);
  expect(manager.currentMode).toBe("idle");
  await clock.advance(1);

  expect(await change).toMatchObject({ outcome: "changed", nodesStarted: ["drive", "camera", "planner"] });
});

test("I8: a newer request preempts at once, and the old answer says by whom", async () => {
  const { manager, clock, results } = rover({ nodes: { camera: { startMs: 300 }, drive: { startMs: 300 } } });
  await (manager.start(), clock.runAll());

  const old = manager.changeMode("teleop", { id: "old" });
  await clock.advance(100);
  const newer = manager.changeMode("idle", { id: "new" });
  await clock.runAll();

  expect(await old).toMatchObject({ outcome: "superseded", supersededBy: { id: "new", mode: "idle" } });
  expect(await newer).toMatchObject({ outcome: "changed", currentMode: "idle" });
  expect(manager.runningNodes).toEqual(["clock"]);
  expect(results.map(({ requestId }) => requestId)).toEqual(["boot-1", "old", "new"]);
});

test("I8: a start in flight that the new mode wants is kept and awaited, not begun again", async () => {
  const { manager, clock, supervisor } = rover({
    nodes: { camera: { startMs: 300 }, drive: { startMs: 500 } },
  });
  await (manager.start(), clock.runAll());

  void manager.changeMode("teleop");
  await clock.advance(200);
  const demo = manager.changeMode("demo");
  await clock.advance(99);
  expect(manager.state.phase).not.toBe("idle");
  await clock.advance(1);

  expect(await demo).toMatchObject({ outcome: "changed", nodesStarted: ["camera"] });
  expect(supervisor.running().get("camera")).toMatchObject({ generation: 1, state: "ready" });
});

test("I14: a rollback brings every node of the settled mode back", async () => {
  const { manager, clock, supervisor } = rover();
  await (manager.start(), clock.runAll());
  await (manager.changeMode("teleop"), clock.runAll());
  supervisor.script("planner", { failsToSpawn: "ENOENT" });

  const change = manager.changeMode("autonomous");
  await clock.runAll();

  const result = await change;
  expect(result).toMatchObject({ outcome: "rolled_back", previousMode: "teleop", currentMode: "teleop" });
  expect(result.errors).toMatchObject([{ node: "planner", phase: "start" }]);
  expect(manager.runningNodes.toSorted()).toEqual(["camera", "clock", "drive"]);
});

test("I18: shutdown answers what is pending, stops the nodes, and erases the place", async () => {
  const { manager, clock, supervisor } = rover({ nodes: { camera: { startMs: 300 } } });
  await (manager.start(), clock.runAll());

  const running = manager.changeMode("teleop");
  const waiting = manager.changeMode("idle", { onBusy: "queue" });
  const stopped = manager.stop();
  await clock.runAll();
  await stopped;

  expect(await running).toMatchObject({ outcome: "superseded", reason: { code: "SHUTDOWN" } });
  expect(await waiting).toMatchObject({ outcome: "rejected", reason: { code: "SHUTTING_DOWN" } });
  expect([...supervisor.running().values()].every(({ state }) => state === "stopped")).toBe(true);
  expect(supervisor.place).toBeNull();
});

test("I7, I18: what is sent while the manager shuts down is not read any more, and answered by the bus", async () => {
  const bus = memoryBus();
  const { manager, clock } = rover({ nodes: { clock: { stopMs: 50 } } }, bus);
  await (manager.start(), clock.runAll());

  const stopped = manager.stop();
  bus.send({ mode: "teleop", id: "late" });
  await clock.runAll();
  await stopped;

  expect(bus.result("late")).toMatchObject({ outcome: "rejected", reason: { code: "SHUTTING_DOWN" } });
  expect(manager.state.waiting).toEqual([]);
});

test("I7: an id is executed once; asked again, it gets the same answer, now and later", async () => {
  const { manager, clock, results } = rover({ nodes: { camera: { startMs: 300 } } });
  await (manager.start(), clock.runAll());

  const first = manager.changeMode("teleop", { id: "once" });
  const meanwhile = manager.changeMode("teleop", { id: "once" });
  await clock.runAll();
  await (manager.changeMode("idle"), clock.runAll());
  const afterwards = await manager.changeMode("teleop", { id: "once" });

  expect(afterwards).toEqual(await first);
  expect(await meanwhile).toEqual(await first);
  expect(manager.currentMode).toBe("idle");
  expect(results.filter(({ requestId }) => requestId === "once")).toHaveLength(1);
});
