/** I13: a manager whose parts, written by somebody else, break their contracts: it answers, and it ends. */
import { describe, expect, test } from "vitest";
import { memoryBus } from "../../src/bus/memory-bus.ts";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import { createLifecycleManager } from "../../src/lifecycle-manager.ts";
import type { Supervisor } from "../../src/supervisor/supervisor.ts";
import { fakeSupervisor } from "../../src/testing/fake-supervisor.ts";
import { simulatedClock } from "../../src/testing/simulated-clock.ts";

const catalogue = defineCatalogue({
  defaultMode: "idle",
  defaults: { stopTimeout: 2_000, killTimeout: 500 },
  modes: { idle: [], teleop: ["drive", "lamp"], safe: { nodes: [], urgent: true } },
});

/** A supervisor that is sound but for what is given. */
function brokenSupervisor(parts: Partial<Supervisor>): Supervisor {
  const sound = fakeSupervisor();
  return new Proxy<Supervisor>(sound, {
    get(_, name) {
      if (name in parts) return Reflect.get(parts, name);
      const part: unknown = Reflect.get(sound, name);
      return typeof part === "function" ? part.bind(sound) : part;
    },
  });
}

const thrown = (): never => {
  throw new Error("not like this");
};

/** A manager in teleop, in virtual time that goes on until what is asked of it has come. */
async function inTeleop(parts: Partial<Supervisor>) {
  const clock = simulatedClock();
  const manager = createLifecycleManager({ catalogue, supervisor: brokenSupervisor(parts), clock });
  const of = async <T>(coming: Promise<T>): Promise<T> => {
    await clock.advance(5_000);
    return coming;
  };
  await of(manager.start());
  await of(manager.changeMode("teleop"));
  return { manager, of };
}

describe("a supervisor", () => {
  test("that throws where it should reject has failed to start the node, and nothing else", async () => {
    const manager = createLifecycleManager({ catalogue, supervisor: brokenSupervisor({ start: thrown }) });
    await manager.start();

    expect(await manager.changeMode("teleop")).toMatchObject({
      outcome: "degraded",
      errors: [
        { node: "drive", code: "START_FAILED", message: "not like this" },
        { node: "lamp", code: "START_FAILED" },
      ],
    });
    await manager.stop();
  });

  test("that throws at a stop has failed to stop the node, and shutdown ends all the same", async () => {
    const { manager, of } = await inTeleop({ stop: thrown });

    expect(await of(manager.changeMode("safe"))).toMatchObject({
      outcome: "degraded",
      errors: [{ node: "drive", code: "STOP_FAILED", message: "not like this" }, { node: "lamp" }],
    });
    await of(manager.stop());
  });

  test("I11: that never answers is not believed when its time-outs have passed, and shutdown ends", async () => {
    const { manager, of } = await inTeleop({ stop: () => new Promise<never>(() => {}) });

    expect(await of(manager.changeMode("idle"))).toMatchObject({
      outcome: "degraded",
      errors: [{ node: "drive", code: "NODE_STUCK" }, { node: "lamp" }],
    });
    await of(manager.stop());
  });

  test("whose record and close throw does not keep stop() from resolving", async () => {
    const warned: string[] = [];
    const note = (_: unknown, message: string): void => void warned.push(message);
    const logger = { debug: note, info: () => undefined, warn: note, error: note };
    const supervisor = brokenSupervisor({ record: thrown, close: thrown });
    const manager = createLifecycleManager({ catalogue, supervisor, logger });
    await manager.start();

    await expect(manager.stop()).resolves.toBeUndefined();
    expect(warned).toContain("the supervisor did not close: not like this");
  });

  test("is given to one manager: a second one is refused, and its end does not touch the first one's nodes", async () => {
    const supervisor = fakeSupervisor();
    const [first, second] = [0, 1].map(() => createLifecycleManager({ catalogue, supervisor }));
    await first?.start();
    await first?.changeMode("teleop");

    await expect(second?.start()).rejects.toMatchObject({ code: "BAD_OPTION" });
    await second?.stop();

    expect(first?.runningNodes).toEqual(["drive", "lamp"]);
    await first?.stop();
  });

  test.each(["events$", "capabilities"])("without %s is refused in words", (part) => {
    const supervisor = brokenSupervisor({ [part]: undefined });

    expect(() => createLifecycleManager({ catalogue, supervisor })).toThrow(
      expect.objectContaining({ code: "BAD_OPTION", message: expect.stringContaining(part) }),
    );
  });
});

describe("a bus", () => {
  test("that cannot be opened rejects the start, and stop() ends", async () => {
    const bus = memoryBus();
    const first = createLifecycleManager({ catalogue, supervisor: fakeSupervisor(), bus });
    const second = createLifecycleManager({ catalogue, supervisor: fakeSupervisor(), bus });
    await first.start();

    await expect(second.start()).rejects.toMatchObject({ code: "BAD_OPTION" });
    await second.stop();

    expect(await first.changeMode("teleop")).toMatchObject({ outcome: "changed" });
    await first.stop();
  });
});
