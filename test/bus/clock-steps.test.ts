/** I11: the clock of a machine without a battery is set while it works; what is promised goes by the time that passes. */
import { filter, firstValueFrom, map } from "rxjs";
import { afterEach, expect, test, vi } from "vitest";
import { memoryBus } from "../../src/bus/memory-bus.ts";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import { createLifecycleManager } from "../../src/lifecycle-manager.ts";
import { fakeSupervisor } from "../../src/testing/fake-supervisor.ts";
import { simulatedClock } from "../../src/testing/simulated-clock.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

test.each([3_600_000, -3_600_000])(
  "set by %d ms, a request is as old, and may wait as long, as before",
  async (step) => {
    const catalogue = defineCatalogue({ defaultMode: "idle", modes: { idle: [], teleop: ["drive"] } });
    const bus = memoryBus();
    const manager = createLifecycleManager({ catalogue, supervisor: fakeSupervisor(), bus });
    await manager.start();

    const real = Date.now;
    vi.spyOn(Date, "now").mockImplementation(() => real() + step);
    const outcomeOf = (leftMs: number): Promise<string> => {
      const id = bus.send({ mode: "teleop", deadline: String(Date.now() + leftMs) });
      const outcomes$ = bus.events$.pipe(
        filter((event) => event.type === "result" && event.id === id),
        map((event) => (event.type === "result" ? event.data.outcome : "")),
      );
      return firstValueFrom(outcomes$);
    };

    expect(await outcomeOf(-1)).toBe("expired");
    expect(await outcomeOf(60_000)).toBe("changed");
    await manager.stop();
  },
);

test("in virtual time, a request grows older by virtual time alone", async () => {
  const catalogue = defineCatalogue({ defaultMode: "idle", modes: { idle: [], teleop: ["drive"] } });
  const bus = memoryBus();
  const clock = simulatedClock();
  const manager = createLifecycleManager({ catalogue, supervisor: fakeSupervisor(), bus, clock });
  await Promise.all([manager.start(), clock.advance(100)]);

  let wallClock = Date.now();
  vi.spyOn(Date, "now").mockImplementation(() => (wallClock += 5));
  const id = bus.send({ mode: "teleop", ttl: "1" });
  await clock.advance(100);

  expect(bus.result(id)).toMatchObject({ outcome: "changed" });
  await Promise.all([manager.stop(), clock.advance(1_000)]);
});
