/** The library as a program meets it: when it may be called, what it refuses, what its streams promise. */
import { setTimeout as pause } from "node:timers/promises";
import { config, NEVER, type Observable } from "rxjs";
import { afterEach, describe, expect, test } from "vitest";
import type { Bus } from "../../src/bus/bus.ts";
import { memoryBus } from "../../src/bus/memory-bus.ts";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import { createLifecycleManager } from "../../src/lifecycle-manager.ts";
import type { LifecycleManager, LifecycleManagerOptions } from "../../src/lifecycle/manager-options.ts";
import { fakeSupervisor } from "../../src/testing/fake-supervisor.ts";

const catalogue = defineCatalogue({
  defaultMode: "idle",
  modes: { idle: ["clock"], teleop: ["clock", "drive"], safe: { nodes: [], urgent: true } },
});

const open: LifecycleManager[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((manager) => manager.stop()));
});

function makeManager(
  options: Partial<LifecycleManagerOptions<"idle" | "teleop" | "safe", "clock" | "drive">> = {},
) {
  const manager = createLifecycleManager({ catalogue, supervisor: fakeSupervisor(), ...options });
  open.push(manager);
  return manager;
}

/** Everything a stream says, and its end. */
function heard<T>(stream$: Observable<T>): (T | "complete" | "error")[] {
  const said: (T | "complete" | "error")[] = [];
  stream$.subscribe({
    next: (value) => said.push(value),
    complete: () => said.push("complete"),
    error: () => said.push("error"),
  });
  return said;
}

describe("a manager's life", () => {
  test("before start it refuses what needs nodes, and plans", async () => {
    const manager = makeManager();

    await expect(manager.changeMode("teleop")).rejects.toMatchObject({ code: "NOT_STARTED" });
    await expect(manager.restartNode("clock")).rejects.toMatchObject({ code: "NOT_STARTED" });
    expect(manager.calculateModeDiff("teleop")).toEqual({ stop: [], start: ["clock", "drive"], keep: [] });
    expect([manager.currentMode, manager.runningNodes, manager.state.phase]).toEqual([null, [], "booting"]);
  });

  test("start twice boots once", async () => {
    const manager = makeManager();
    const results = heard(manager.results$);

    const [first, second] = await Promise.all([manager.start(), manager.start()]);

    expect(first).toBe(second);
    expect(results).toEqual([first]);
  });

  test("start resolves with the boot result whatever its outcome, and does not wait for the bus", async () => {
    const supervisor = fakeSupervisor({ nodes: { clock: { failsToSpawn: "ENOENT" } } });
    const bus: Bus = {
      ...memoryBus(),
      health$: NEVER,
      requests$: NEVER,
      open() {},
      publish() {},
      async close() {},
    };
    const manager = makeManager({ supervisor, bus });

    expect(await manager.start()).toMatchObject({ outcome: "degraded", errors: [{ node: "clock" }] });
    expect(manager.state.bus).toEqual({ status: "connecting" });
  });

  test("after stop, which may be called again, everything that acts is CLOSED", async () => {
    const manager = makeManager();
    await manager.start();

    await Promise.all([manager.stop(), manager.stop(), manager[Symbol.asyncDispose]()]);

    for (const act of [
      () => manager.start(),
      () => manager.changeMode("idle"),
      () => manager.restartNode("clock"),
    ]) {
      await expect(act()).rejects.toMatchObject({ code: "CLOSED" });
    }
    expect(manager.runningNodes).toEqual([]);
  });

  test("stopped before it was started, or while it starts, it is closed", async () => {
    const [unstarted, starting] = [makeManager(), makeManager()];
    const boot = starting.start();

    await Promise.all([unstarted.stop(), starting.stop()]);

    await expect(unstarted.start()).rejects.toMatchObject({ code: "CLOSED" });
    await expect(boot).rejects.toMatchObject({ code: "CLOSED" });
  });

  test("it listens to no signal and to no end of the process", async () => {
    const counts = (): number[] =>
      ["SIGINT", "SIGTERM", "exit", "uncaughtException", "unhandledRejection"].map((name) =>
        process.listenerCount(name),
      );
    const before = counts();
    const manager = makeManager();
    await manager.start();

    expect(counts()).toEqual(before);
  });
});

describe("I13: what no type checker has seen is refused as BAD_OPTION", () => {
  test.each<[string, unknown, string]>([
    ["no options", undefined, "catalogue"],
    [
      "a document that is no catalogue",
      { catalogue: { defaultMode: "idle", modes: {} } },
      "defineCatalogue()",
    ],
    ["a supervisor without methods", { catalogue, supervisor: {} }, "no method open()"],
    ["a bus that is text", { catalogue, bus: "redis://localhost" }, "bus is 'redis://localhost'"],
    ["a logger without warn", { catalogue, logger: { debug() {}, info() {} } }, "no method warn()"],
    ["a clock that only tells", { catalogue, clock: Date }, "no method setTimeout()"],
  ])("createLifecycleManager with %s", (_, options, message) => {
    const make = (): unknown => createLifecycleManager(options as never);

    expect(make).toThrow(expect.objectContaining({ code: "BAD_OPTION" }));
    expect(make).toThrow(message);
  });

  test.each<[unknown, string]>([
    [null, "the second argument"],
    ["queue", "the second argument"],
    [{ by: 5 }, "by is '5'"],
    [{ deadlineMs: "5000" }, "deadlineMs"],
    [{ deadlineMs: 0 }, "deadlineMs"],
    [{ deadlineMs: Number.NaN }, "deadlineMs"],
    [{ onBusy: "wait" }, "use preempt, queue or reject"],
    [{ signal: {} }, "AbortController"],
    [{ id: 7 }, "id is '7'"],
    [{ id: "a b" }, "id is 'a b'"],
    [{ id: Symbol("x") }, "id is 'Symbol(x)'"],
  ])("changeMode with %o", async (options, message) => {
    const manager = makeManager();
    await manager.start();

    const refused = manager.changeMode("teleop", options as never);

    await expect(refused).rejects.toMatchObject({ code: "BAD_OPTION" });
    await expect(refused).rejects.toThrow(message);
    expect(manager.currentMode).toBe("idle");
  });

  test.each([["nope"], ["__proto__"], [""], [5], [null], [Symbol("x")]])(
    "a mode called %o is MODE_UNKNOWN",
    async (mode) => {
      const manager = makeManager();
      await manager.start();

      await expect(manager.changeMode(mode as never)).rejects.toMatchObject({ code: "MODE_UNKNOWN" });
    },
  );
});

test("an aborted signal ends the caller's wait, and only that", async () => {
  const manager = makeManager();
  await manager.start();
  const results = heard(manager.results$);
  const caller = new AbortController();

  const waiting = manager.changeMode("teleop", { signal: caller.signal });
  caller.abort();

  await expect(waiting).rejects.toMatchObject({ code: "ABORTED" });
  await manager.changeMode("teleop");
  expect(results).toMatchObject([{ outcome: "changed" }, {}]);
});

test("with a signal that was aborted before, nothing is sent", async () => {
  const manager = makeManager();
  await manager.start();
  const results = heard(manager.results$);

  const waiting = manager.changeMode("teleop", { signal: AbortSignal.abort() });

  await expect(waiting).rejects.toMatchObject({
    code: "ABORTED",
    message: expect.stringContaining("not sent"),
  });
  await manager.changeMode("safe");
  expect(results).toMatchObject([{ requestedMode: "safe", previousMode: "idle" }]);
});

describe("the streams", () => {
  test("state$ gives the current state on subscription, then every change and nothing twice", async () => {
    const manager = makeManager();
    const states = heard(manager.state$);
    expect(states).toEqual([manager.state]);
    await manager.start();
    await manager.changeMode("teleop");
    await manager.changeMode("teleop");
    await manager.changeMode("teleop");
    await manager.stop();

    expect(states.at(-1)).toBe("complete");
    for (const [index, state] of states.entries()) expect(state).not.toEqual(states[index - 1]);
    expect(states.map((state) => (typeof state === "string" ? state : state.mode))).toContain("teleop");
  });

  test("results$ and events$ are hot, complete on stop and never error", async () => {
    const manager = makeManager();
    const early = { results: heard(manager.results$), events: heard(manager.events$) };
    await manager.start();
    const late = { results: heard(manager.results$), events: heard(manager.events$) };
    await manager.changeMode("teleop");
    await manager.stop();

    expect(early.results).toHaveLength(3);
    expect(late.results).toEqual(early.results.slice(1));
    expect(late.events).toEqual(early.events.slice(-late.events.length));
    const all = [early.results, early.events, late.results, late.events];
    expect(all.map((said) => said.at(-1))).toEqual(Array.from(all, () => "complete"));
  });

  test("I13: a listener that throws harms nobody", async () => {
    const thrown: unknown[] = [];
    config.onUnhandledError = (error) => thrown.push(error);
    try {
      const manager = makeManager();
      const streams: readonly Observable<unknown>[] = [manager.events$, manager.results$, manager.state$];
      for (const stream$ of streams) {
        stream$.subscribe(() => {
          throw new Error("a listener's own fault");
        });
      }
      const events = heard(manager.events$);
      await manager.start();
      const result = await manager.changeMode("teleop");
      await manager.stop();

      expect(result.outcome).toBe("changed");
      expect(events.at(-1)).toBe("complete");
    } finally {
      // RxJS reports what listeners throw in a turn of its own.
      await pause(0);
      config.onUnhandledError = null;
    }
    expect(thrown.length).toBeGreaterThan(10);
  });
});

describe.each(["events$", "results$", "state$"] as const)("I13: inside a callback of %s", (name) => {
  const actions = {
    changeMode: (manager: LifecycleManager) => manager.changeMode("safe"),
    restartNode: (manager: LifecycleManager) => manager.restartNode("clock"),
    stop: (manager: LifecycleManager) => manager.stop(),
    subscribe: async (manager: LifecycleManager) => void heard<unknown>(manager[name]),
    unsubscribe: async () => undefined,
  };

  test.each(Object.entries(actions))(
    "%s is safe at every turn, and all hear the same in the same order",
    async (what, act) => {
      for (let turn = 0; turn < 9; turn++) {
        const manager = makeManager();
        const first = heard(manager.events$);
        const done: Promise<unknown>[] = [];
        let count = 0;
        const stream$: Observable<unknown> = manager[name];
        const subscription = stream$.subscribe(() => {
          if (count++ !== turn) return;
          done.push(act(manager).catch((error: { code: string }) => error.code));
          if (what === "unsubscribe" && turn > 0) subscription.unsubscribe();
        });
        const last = heard(manager.events$);
        const results = heard(manager.results$);
        done.push(
          manager.start().catch(() => null),
          manager.changeMode("teleop").catch(() => null),
        );
        await Promise.all(done);
        await manager.changeMode("teleop").catch(() => null);
        await Promise.all([...done, manager.stop()]);

        expect(last).toEqual(first);
        expect(first.slice(0, -1)).toEqual(
          first.slice(0, -1).map((_, index) => expect.objectContaining({ seq: index + 1 })),
        );
        const answered = results.map((result) => (typeof result === "string" ? result : result.requestId));
        expect(new Set(answered).size).toBe(answered.length);
      }
    },
  );
});
