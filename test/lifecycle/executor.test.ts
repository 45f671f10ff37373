/** Plans being carried out, in virtual time: deadlines, stuck nodes, dependents, hand-over. */
import { expect, test } from "vitest";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import type { ExecutorEvent, NumberedPlan } from "../../src/machines/events.ts";
import type { Catalogue } from "../../src/modes/catalogue.ts";
import { planTransition } from "../../src/modes/plan.ts";
import { createExecutor } from "../../src/supervisor/executor.ts";
import { fakeSupervisor, type FakeSupervisorOptions } from "../../src/testing/fake-supervisor.ts";
import { simulatedClock } from "../../src/testing/simulated-clock.ts";

const catalogue = defineCatalogue({
  defaultMode: "off",
  defaults: { stopTimeout: 2_000, killTimeout: 500, startTimeout: 10_000 },
  nodes: { base: {}, arm: { dependsOn: ["base"] }, hand: { dependsOn: ["arm"] }, lamp: {}, rope: {} },
  modes: {
    off: [],
    full: ["base", "arm", "hand", "lamp"],
    light: ["lamp"],
    bare: ["base"],
    roped: ["base", "rope"],
    stop: { nodes: [], urgent: true },
  },
});

async function bench(options: FakeSupervisorOptions["nodes"] = {}) {
  const clock = simulatedClock();
  const supervisor = fakeSupervisor({ nodes: options });
  await supervisor.open(catalogue.nodes, { namespace: "test", clock, waitForLock: false });
  const told: string[] = [];
  const executor = createExecutor({
    supervisor,
    clock,
    nodes: catalogue.nodes,
    tell: (event) => told.push(`${Math.round(clock.now())} ${print(event)}`),
  });
  let number = 0;
  const enter = (mode: "off" | "full" | "light" | "bare" | "roped" | "stop", timeoutMs = 60_000): void => {
    const plan = planTransition(
      catalogue as Catalogue,
      catalogue.modes.get(mode) as never,
      supervisor.running(),
      true,
    );
    number += 1;
    executor.execute({ ...plan, number, urgent: mode === "stop", timeoutMs } satisfies NumberedPlan);
  };
  return { clock, supervisor, executor, told, enter };
}

function print(event: ExecutorEvent): string {
  if (event.type === "node.failed") return `${event.error.node} failed: ${event.error.code}`;
  return "node" in event ? `${event.type} ${event.node}` : event.type;
}

test("I5: stops go against dependencies, starts along them, the unrelated at once", async () => {
  const { clock, told, enter } = await bench({
    base: { startMs: 10, stopMs: 10 },
    arm: { startMs: 10, stopMs: 10 },
    hand: { startMs: 10, stopMs: 10 },
    lamp: { startMs: 25, stopMs: 25 },
  });

  enter("full");
  await clock.advance(100);
  enter("off");
  await clock.advance(100);

  expect(told).toEqual([
    "0 phase.starting",
    "10 node.started base",
    "20 node.started arm",
    "25 node.started lamp",
    "30 node.started hand",
    "30 plan.done",
    "110 node.stopped hand",
    "120 node.stopped arm",
    "125 node.stopped lamp",
    "130 node.stopped base",
    "130 plan.done",
  ]);
});

test("I6: a failed start skips its dependents, all the way up, and nothing else", async () => {
  const { clock, told, enter } = await bench({ arm: { failsToSpawn: "ENOENT" }, lamp: { startMs: 50 } });

  enter("full");
  await clock.advance(100);

  expect(told).toEqual([
    "0 phase.starting",
    "0 node.started base",
    "0 arm failed: ENOENT",
    "0 hand failed: DEPENDENCY_FAILED",
    "50 node.started lamp",
    "50 plan.done",
  ]);
});

test("I11: when the transition's time is over, late stops are forced and starts in flight are stopped", async () => {
  const { clock, supervisor, told, enter } = await bench({
    base: { startMs: Infinity },
    lamp: { startMs: 5 },
  });

  enter("full", 1_000);
  await clock.advance(1_000);

  expect(told).toEqual([
    "0 phase.starting",
    "5 node.started lamp",
    "1000 base failed: TRANSITION_TIMEOUT",
    "1000 arm failed: TRANSITION_TIMEOUT",
    "1000 hand failed: TRANSITION_TIMEOUT",
    "1000 plan.done",
  ]);
  expect(supervisor.running().get("base")?.state).toBe("stopped");
});

test("I11: a stop that takes longer than the transition gets SIGKILL at once", async () => {
  const { clock, told, enter } = await bench({ lamp: { stopMs: Infinity, killMs: 3 } });
  enter("light");
  await clock.advance(0);

  enter("off", 1_000);
  await clock.advance(1_003);

  expect(told.slice(-3)).toEqual([
    "1000 lamp failed: TRANSITION_TIMEOUT",
    "1003 node.stopped lamp",
    "1003 plan.done",
  ]);
});

test("I3: a stuck node holds the barrier for stop_timeout and kill_timeout, no longer", async () => {
  const { clock, told, enter } = await bench({ lamp: { stopMs: Infinity, survivesKills: Infinity } });
  enter("light");
  await clock.advance(0);

  enter("off");
  await clock.advance(10_000);

  expect(told.slice(-2)).toEqual(["2500 lamp failed: NODE_STUCK", "2500 plan.done"]);
});

test("I9: an urgent mode repeats SIGKILL every second until the node is gone", async () => {
  const { clock, supervisor, enter } = await bench({ lamp: { stopMs: Infinity, survivesKills: 3 } });
  enter("light");
  await clock.advance(0);

  enter("stop");
  await clock.advance(2_500);
  expect(supervisor.running().get("lamp")?.state).toBe("stuck");
  await clock.advance(5_000);

  expect(supervisor.running().get("lamp")?.state).toBe("stopped");
  expect(clock.pending).toBe(0);
});

test("I9: a plan that is not urgent ends the repetition", async () => {
  const { clock, supervisor, enter } = await bench({ lamp: { stopMs: Infinity, survivesKills: Infinity } });
  enter("light");
  await clock.advance(0);
  enter("stop");
  await clock.advance(3_000);

  enter("light");
  await clock.advance(10_000);

  expect(supervisor.running().get("lamp")?.state).toBe("stuck");
  expect(clock.pending).toBe(0);
});

test("I8: the new plan's stops begin at once, whatever the old plan waits for", async () => {
  const { clock, told, enter } = await bench({ base: { startMs: 500 }, lamp: { startMs: 20, stopMs: 7 } });
  enter("full");
  await clock.advance(100);

  enter("off");
  await clock.advance(7);

  expect(told.slice(-3)).toEqual(["100 node.stopped base", "107 node.stopped lamp", "107 plan.done"]);
});

test("I11: progress names what is waited for", async () => {
  const { clock, executor, enter } = await bench({ base: { startMs: 500 }, lamp: { startMs: 20 } });
  expect(executor.progress()).toBeNull();

  enter("full");
  await clock.advance(100);

  expect(executor.progress()).toEqual({ phase: "starting", done: 1, total: 4, waitingFor: ["base"] });
});

test("I8: a start in flight that fails before the barrier is the new plan's failure, and is not tried again", async () => {
  const { clock, supervisor, told, enter } = await bench({
    base: { startMs: 50, exitsEarly: { code: 3, signal: null } },
    arm: { stopMs: 200 },
    lamp: { stopMs: 200 },
  });
  enter("light");
  await clock.advance(0);
  enter("full");
  await clock.advance(10);

  enter("bare");
  await clock.advance(300);

  expect(told.slice(-4)).toEqual([
    "50 base failed: NODE_EXITED",
    "210 node.stopped lamp",
    "210 phase.starting",
    "210 plan.done",
  ]);
  expect(supervisor.running().get("base")?.generation).toBe(1);
});

test("I20: a dependency that its policy restarts is waited for; its failure is told, and skips who needs it", async () => {
  const { clock, supervisor, told, enter } = await bench({
    base: [{}, { startMs: 100, exitsEarly: { code: 4, signal: null } }],
    rope: { stopMs: 600 },
  });
  enter("roped");
  await clock.advance(0);

  enter("full");
  await clock.advance(50);
  supervisor.crash("base");
  await clock.advance(700);

  expect(told.slice(-7)).toEqual([
    "600 node.stopped rope",
    "600 phase.starting",
    "600 node.started lamp",
    "650 base failed: NODE_EXITED",
    "650 arm failed: DEPENDENCY_FAILED",
    "650 hand failed: DEPENDENCY_FAILED",
    "650 plan.done",
  ]);
});

test("I9: a pending kill is dropped when a plan comes that is not urgent", async () => {
  const { clock, supervisor, enter } = await bench({ lamp: { stopMs: Infinity, survivesKills: Infinity } });
  enter("light");
  await clock.advance(0);
  enter("stop");
  await clock.advance(2_800);
  const kills = (): number => supervisor.entries.filter(({ kind }) => kind === "killed").length;
  enter("bare");
  await clock.advance(0);
  const before = kills();
  await clock.advance(1_500);

  expect(kills()).toBe(before);
});

test.each([
  { first: "full", state: "starting", then: "off" },
  { first: "off", state: "stopping", then: "full" },
] as const)(
  "I8: another mode entered amid the first $state of a plan ends the issuing of that plan",
  async ({ first, state, then }) => {
    const { clock, supervisor, enter } = await bench();
    if (first === "off") {
      enter("full");
      await clock.advance(10);
    }
    const before = supervisor.entries.length;
    const subscription = supervisor.events$.subscribe(({ status }) => {
      if (status.state !== state) return;
      subscription.unsubscribe();
      enter(then);
    });

    enter(first);

    const what = first === "off" ? "stop" : "start";
    const asked = supervisor.entries
      .slice(before)
      .filter((entry) => entry.kind === "asked" && entry.what === what);
    expect(asked).toHaveLength(1);
  },
);

test("I9: nor is a kill that was pending carried out on a node that runs by right since", async () => {
  const { clock, supervisor, enter } = await bench({ lamp: { stopMs: Infinity, survivesKills: 1 } });
  enter("full");
  await clock.advance(10);
  enter("stop");
  await clock.advance(2_600);
  expect(supervisor.running().get("lamp")?.state).toBe("stuck");
  supervisor.crash("lamp");
  const started = supervisor.start("lamp");
  await clock.advance(10);
  await started;

  await clock.advance(5_000);

  expect(supervisor.running().get("lamp")?.state).toBe("ready");
});
