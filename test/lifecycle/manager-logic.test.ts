/** A manager as an actor of the user's own system: every request is answered there, and it only attaches. */
import { createActor, setup } from "xstate";
import { onTestFinished, expect, test } from "vitest";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import { createLifecycleManager } from "../../src/lifecycle-manager.ts";
import { managerLogic, type ManagerCommand, type ManagerReport } from "../../src/lifecycle/manager-logic.ts";
import { fakeSupervisor } from "../../src/testing/fake-supervisor.ts";
import { simulatedClock } from "../../src/testing/simulated-clock.ts";

const catalogue = defineCatalogue({ defaultMode: "idle", modes: { idle: [], patrol: ["drive"], dock: [] } });

/** A mission that hears the manager while it is on duty. */
async function mission() {
  const clock = simulatedClock();
  const supervisor = fakeSupervisor({ nodes: { drive: { startMs: 100 } } });
  const manager = createLifecycleManager<string, string>({ catalogue, supervisor, clock });
  onTestFinished(() => void (manager.stop(), clock.runAll()));
  const boot = manager.start();
  await clock.runAll();
  await boot;
  const heard: string[] = [];
  const machine = setup({
    types: { events: {} as ManagerReport | { type: "leave" } },
    actors: { manager: managerLogic(manager) },
    actions: {
      note: ({ event }) => {
        if (event.type === "mode.result") heard.push(`${event.result.requestId} ${event.result.outcome}`);
        if (event.type === "mode.fault") heard.push(event.message);
      },
    },
  }).createMachine({
    initial: "on duty",
    states: {
      "on duty": {
        invoke: { src: "manager", id: "manager" },
        on: { "mode.result": { actions: "note" }, "mode.fault": { actions: "note" }, leave: "off duty" },
      },
      "off duty": { on: { "mode.result": { actions: "note" } } },
    },
  });
  const actor = createActor(machine).start();
  const ask = (mode: string, requestId?: string): void => {
    const command: ManagerCommand = { type: "mode.request", mode, ...(requestId && { requestId }) };
    actor.getSnapshot().children["manager"]?.send(command);
  };
  return { manager, clock, actor, ask, heard };
}

test("I7: each request is answered once, one under an id that was answered before as well", async () => {
  const { clock, ask, heard } = await mission();

  ask("patrol", "again");
  await clock.runAll();
  ask("dock", "once");
  await clock.runAll();
  ask("patrol", "again");
  await clock.runAll();

  expect(heard).toEqual(["again changed", "once changed", "again changed"]);
});

test("a mode that is none is a fault, told in words", async () => {
  const { clock, ask, heard } = await mission();

  ask("patroll");
  await clock.runAll();

  expect(heard).toEqual(["Mode 'patroll' not found. Available modes: idle, patrol, dock"]);
});

test("left amid a transition it only detaches: the transition goes on, and nothing is reported any more", async () => {
  const { manager, clock, actor, ask, heard } = await mission();

  ask("patrol", "mine");
  await clock.advance(50);
  actor.send({ type: "leave" });
  await clock.runAll();

  expect(manager.currentMode).toBe("patrol");
  expect(heard).toEqual([]);
});
