/** Plans of very many nodes: the event loop gets its turn in between, and nothing but that holds them up. */
import { expect, test } from "vitest";
import type { Clock } from "../../src/clock.ts";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import type { ExecutorEvent } from "../../src/machines/events.ts";
import { planTransition } from "../../src/modes/plan.ts";
import { createExecutor } from "../../src/supervisor/executor.ts";
import { fakeSupervisor } from "../../src/testing/fake-supervisor.ts";
import { simulatedClock } from "../../src/testing/simulated-clock.ts";

const names = Array.from({ length: 60 }, (_, index) => `n${index}`);
const catalogue = defineCatalogue({
  defaultMode: "off",
  nodes: new Map(names.map((name) => [name, {}] as const)),
  modes: { off: [], all: names },
});

/** An executor for which every look at the clock takes a tenth of a millisecond. */
async function slowMachine() {
  const clock = simulatedClock();
  const behaviour = { startMs: 10, stopMs: 10 };
  const supervisor = fakeSupervisor({ nodes: new Map(names.map((name) => [name, behaviour] as const)) });
  await supervisor.open(catalogue.nodes, { namespace: "test", clock, waitForLock: false });
  let looks = 0;
  const slow: Clock = {
    now: () => clock.now() + 0.1 * looks++,
    setTimeout: (callback, delayMs) => clock.setTimeout(callback, delayMs),
    clearTimeout: (handle) => clock.clearTimeout(handle),
  };
  const told: ExecutorEvent[] = [];
  const tell = (event: ExecutorEvent): void => void told.push(event);
  const executor = createExecutor({ supervisor, clock: slow, nodes: catalogue.nodes, tell });
  let number = 0;
  const enter = (name: "off" | "all"): void => {
    const mode = catalogue.modes.get(name);
    if (mode === undefined) throw new Error(`no mode ${name}`);
    number += 1;
    const plan = planTransition(catalogue, mode, supervisor.running(), true);
    executor.execute({ ...plan, number, urgent: false, timeoutMs: 60_000 });
  };
  const asked = (what: "start" | "stop"): number =>
    supervisor.entries.filter((entry) => entry.kind === "asked" && entry.what === what).length;
  return { clock, executor, enter, asked, told };
}

test("I5: sixty starts are issued in bursts, all in the same moment", async () => {
  const { clock, enter, asked, told } = await slowMachine();

  enter("all");
  const inTheFirstTurn = asked("start");
  await clock.advance(0);

  expect(inTheFirstTurn).toBeGreaterThan(5);
  expect(inTheFirstTurn).toBeLessThan(30);
  expect(asked("start")).toBe(60);
  await clock.advance(10);
  expect(told.at(-1)?.type).toBe("plan.done");
});

test("I3, I5: sixty stops too, and no start before the last of them has ended", async () => {
  const { clock, enter, asked, told } = await slowMachine();
  enter("all");
  await clock.advance(20);

  enter("off");
  expect(asked("stop")).toBeLessThan(30);
  await clock.advance(0);

  expect(asked("stop")).toBe(60);
  await clock.advance(10);
  expect(told.filter(({ type }) => type === "node.stopped")).toHaveLength(60);
  expect(told.at(-1)?.type).toBe("plan.done");
});

test("I8: a new plan does not wait for the turn, and nothing more of the old one is issued", async () => {
  const { clock, enter, asked } = await slowMachine();
  enter("all");
  const begun = asked("start");

  enter("off");
  const stopped = asked("stop");
  await clock.advance(100);

  expect(stopped).toBeGreaterThan(5);
  expect(asked("start")).toBe(begun);
  expect(asked("stop")).toBe(begun);
});

test("a closed executor issues nothing more", async () => {
  const { clock, executor, enter, asked } = await slowMachine();
  enter("all");
  const begun = asked("start");

  executor.close();
  await clock.advance(100);

  expect(asked("start")).toBe(begun);
});
