/** What is told while modes change, to the letter: phases, plans, progress, the order of what was completed. */
import { expect, onTestFinished, test } from "vitest";
import type { EventData } from "../../src/bus/event.ts";
import type { CatalogueInput } from "../../src/config/catalogue-input.ts";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import { createLifecycleManager } from "../../src/lifecycle-manager.ts";
import type { Catalogue } from "../../src/modes/catalogue.ts";
import { fakeSupervisor, type FakeSupervisorOptions } from "../../src/testing/fake-supervisor.ts";
import { simulatedClock } from "../../src/testing/simulated-clock.ts";

async function robot(input: CatalogueInput, nodes: FakeSupervisorOptions["nodes"] = {}) {
  const catalogue: Catalogue = defineCatalogue(input);
  const [clock, supervisor] = [simulatedClock(), fakeSupervisor({ nodes })];
  const manager = createLifecycleManager({ catalogue, supervisor, clock });
  onTestFinished(() => void manager.stop());
  return { manager, clock, supervisor };
}

test("phase and target say where a transition stands: booting, stopping, starting, rolling back, falling back", async () => {
  const { manager, clock } = await robot(
    {
      defaultMode: "idle",
      fallbackMode: "safe",
      nodes: { lamp: {}, drive: {}, arm: {}, siren: {} },
      modes: {
        idle: ["lamp"],
        work: { nodes: ["drive", "arm"], onFailure: "rollback" },
        safe: { nodes: ["siren"], urgent: true },
      },
    },
    {
      siren: { startMs: 10 },
      lamp: [
        { startMs: 10, stopMs: 10 },
        { startMs: 10, failsToSpawn: "ENOENT" },
      ],
      drive: { startMs: 10, stopMs: 10 },
      arm: { startMs: 10, exitsEarly: { code: 1, signal: null } },
    },
  );
  const phases: string[] = [];
  manager.state$.subscribe(({ phase, mode, target }) => {
    const line = `${phase} ${mode} ${target}`;
    if (phases.at(-1) !== line) phases.push(line);
  });
  await (manager.start(), clock.runAll());
  await (manager.changeMode("work"), clock.runAll());
  await (manager.stop(), clock.runAll());

  expect(phases).toEqual([
    "booting null null",
    "booting null idle",
    "idle idle idle",
    "stopping idle work",
    "starting idle work",
    "rolling_back idle idle",
    "falling_back idle safe",
    "idle safe safe",
    "shutting_down safe null",
  ]);
});

test("I2: what plan() shows is the plan that is then executed", async () => {
  const { manager, clock, supervisor } = await robot({
    defaultMode: "idle",
    nodes: { clock: {}, camera: { dependsOn: ["clock"] }, drive: {} },
    modes: {
      idle: ["drive"],
      teleop: { nodes: ["clock", "camera", "drive"], restartNodes: ["drive"] },
      demo: ["clock"],
    },
  });
  const told: EventData["transition"][] = [];
  manager.events$.subscribe(({ type, data }) => type === "transition" && told.push(data));
  await (manager.start(), clock.runAll());

  for (const mode of ["teleop", "demo", "teleop", "teleop", "idle"]) {
    const { stop, start, keep, awaited } = manager.plan(mode);
    await (manager.changeMode(mode), clock.runAll());
    expect(told.at(-1)?.plan).toMatchObject({ stop, start, keep, awaited });
    supervisor.crash("clock");
    await clock.settle();
  }
  expect(told).toHaveLength(6);
});

test("progress is told at most ten times a second, and always the newest", async () => {
  const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
  const { manager, clock } = await robot(
    { defaultMode: "idle", modes: { idle: [], all: names } },
    Object.fromEntries(names.map((name, index) => [name, { startMs: 10 * (index + 1) }])),
  );
  await (manager.start(), clock.advance(1_000));
  const told: { readonly at: number; readonly done: number }[] = [];
  const begun = clock.now();
  manager.events$.subscribe(({ type, data }) => {
    if (type === "progress") told.push({ at: clock.now() - begun, done: data.done });
  });
  await (manager.changeMode("all"), clock.runAll());

  expect(told).toEqual([0, 100, 200, 300].map((at) => ({ at, done: at / 10 })));
});

test("progress names the phase it is told in: starting at once where nothing has to be stopped", async () => {
  const { manager, clock } = await robot(
    { defaultMode: "idle", modes: { idle: [], work: ["a"], rest: ["b"] } },
    { a: { startMs: 300, stopMs: 300 }, b: { startMs: 300 } },
  );
  await (manager.start(), clock.runAll());
  const told: string[] = [];
  manager.events$.subscribe(({ type, data }) => {
    if (type === "progress") told.push(`${data.phase} ${data.done}`);
  });
  for (const mode of ["work", "rest"]) {
    await clock.advance(1_000);
    await (manager.changeMode(mode), clock.runAll());
    told.push(mode);
  }

  expect(told).toEqual([
    "starting 0",
    "starting 1",
    "work",
    "stopping 0",
    "starting 1",
    "starting 2",
    "rest",
  ]);
});

test("I14: nodesStarted and nodesStopped are in the order in which they were completed", async () => {
  const { manager, clock } = await robot(
    { defaultMode: "idle", modes: { idle: [], all: ["a", "b", "c"] } },
    { a: { startMs: 30, stopMs: 1 }, b: { startMs: 10, stopMs: 3 }, c: { startMs: 20, stopMs: 2 } },
  );
  await (manager.start(), clock.runAll());
  const [up] = [manager.changeMode("all"), await clock.runAll()];
  const [down] = [manager.changeMode("idle"), await clock.runAll()];

  expect((await up).nodesStarted).toEqual(["b", "c", "a"]);
  expect((await down).nodesStopped).toEqual(["a", "c", "b"]);
});
