/** A manager as an actor inside your own XState machine: a mission that patrols, and gives up when that fails. */
import { createLifecycleManager, defineCatalogue, supervisorFrom } from "modeshift";
import { managerLogic, type ManagerReport } from "modeshift/xstate";
import { assertEvent, createActor, sendTo, setup, waitFor } from "xstate";

const catalogue = defineCatalogue({
  defaultMode: "docked",
  modes: { docked: [], patrol: ["lidar", "drive"] },
});
const running = new Set<string>();
const supervisor = supervisorFrom({
  startNode: async (name) => void running.add(name),
  stopNode: async (name) => void running.delete(name),
  getRunningNodes: () => running,
});
const manager = createLifecycleManager({ catalogue, supervisor });
await manager.start();

const mission = setup({
  types: { events: {} as ManagerReport | { type: "go" } },
  actors: { manager: managerLogic(manager) },
  actions: {
    askFor: sendTo("manager", (_, { mode }: { mode: string }) => ({
      type: "mode.request",
      mode,
      by: "mission",
    })),
  },
  guards: {
    hasWorked: ({ event }) => {
      assertEvent(event, "mode.result");
      return event.result.ok;
    },
  },
}).createMachine({
  invoke: { src: "manager", id: "manager" },
  initial: "waiting",
  states: {
    waiting: { on: { go: "setting out" } },
    "setting out": {
      entry: { type: "askFor", params: { mode: "patrol" } },
      on: { "mode.result": [{ guard: "hasWorked", target: "patrolling" }, { target: "waiting" }] },
    },
    patrolling: {},
  },
});

const actor = createActor(mission).start();
actor.send({ type: "go" });
await waitFor(actor, (snapshot) => snapshot.matches("patrolling"));
console.log(`mode ${manager.currentMode}: ${[...running].join(", ")}`);

actor.stop(); // only detaches: the robot stays in its mode
console.log(`still in ${manager.currentMode}`);
await manager.stop();
