/** I7: an id stands for one request. What the manager calls its own requests is nobody else's, nor an earlier manager's. */
import { expect, onTestFinished, test } from "vitest";
import { memoryBus } from "../../src/bus/memory-bus.ts";
import { systemClock } from "../../src/clock.ts";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import { createLifecycleManager } from "../../src/lifecycle-manager.ts";
import { supervisorFrom } from "../../src/supervisor/supervisor-from.ts";
import { fakeSupervisor } from "../../src/testing/fake-supervisor.ts";
import { simulatedClock } from "../../src/testing/simulated-clock.ts";

const catalogue = defineCatalogue({
  defaultMode: "idle",
  fallbackMode: "safe",
  nodes: { drive: { restart: "never" } },
  modes: {
    idle: [],
    demo: { nodes: ["drive"], onFailure: "fallback" },
    safe: { nodes: [], urgent: true },
  },
});

test("I7: nobody can ask under an id that the manager gives to its own requests, by any door", async () => {
  const [bus, clock, supervisor] = [memoryBus(), simulatedClock(), fakeSupervisor()];
  const manager = createLifecycleManager({ catalogue, supervisor, clock, bus });
  onTestFinished(() => void manager.stop());
  const answered: string[] = [];
  manager.results$.subscribe(({ requestId, outcome }) => answered.push(`${requestId} ${outcome}`));
  await (manager.start(), clock.runAll());

  for (const id of ["boot-1", "auto-1-1", "shutdown-1"]) {
    await expect(manager.changeMode("demo", { id })).rejects.toMatchObject({ code: "BAD_OPTION" });
    bus.send({ mode: "demo", id });
  }
  await (manager.changeMode("demo", { id: "auto-1" }), clock.runAll());
  supervisor.crash("drive");
  await clock.runAll();

  expect(answered).toEqual(["boot-1 changed", "auto-1 changed", "auto-1-1 changed"]);
  expect(bus.deadLetters.map(({ fields }) => fields["id"])).toEqual(["boot-1", "auto-1-1", "shutdown-1"]);
});

test("I7: an id that was used for another mode gets no answer of that one's", async () => {
  const [clock, supervisor] = [simulatedClock(), fakeSupervisor()];
  const manager = createLifecycleManager({ catalogue, supervisor, clock });
  onTestFinished(() => void manager.stop());
  await (manager.start(), clock.runAll());
  await (manager.changeMode("demo", { id: "mine" }), clock.runAll());

  const again = manager.changeMode("safe", { id: "mine" });

  await expect(again).rejects.toMatchObject({
    code: "BAD_OPTION",
    message: expect.stringContaining("for mode 'demo'"),
  });
  expect(manager.currentMode).toBe("demo");
});

test("I7: a manager on three functions does not answer under the ids of the one before it", async () => {
  const nothing = { startNode: () => undefined, stopNode: () => undefined, getRunningNodes: () => [] };
  const open = async (): Promise<number> => {
    const supervisor = supervisorFrom(nothing);
    const context = { namespace: "robot", clock: systemClock, waitForLock: false } as const;
    const { epoch } = await supervisor.open(new Map(), context);
    await supervisor.close();
    return epoch;
  };
  const first = await open();
  // As every restart of a program does.
  const before = Date.now();
  while (Date.now() === before);

  expect(await open()).toBeGreaterThan(first);
});
