/** A manager that changes its mode for days keeps nothing of it but the last 10,000 ids. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import { createLifecycleManager } from "../../src/lifecycle-manager.ts";
import { supervisorFrom } from "../../src/supervisor/supervisor-from.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function heapInMegabytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / 1e6;
}

test("I7: after the ids it remembers, another 12,000 mode changes leave no growth", async () => {
  const running = new Set<string>();
  const supervisor = supervisorFrom({
    startNode: async (name) => void running.add(name),
    stopNode: async (name) => void running.delete(name),
    getRunningNodes: () => [...running],
  });
  const catalogue = defineCatalogue({ defaultMode: "a", modes: { a: ["x", "y"], b: ["y", "z"] } });
  const manager = createLifecycleManager({ catalogue, supervisor });
  await manager.start();
  const change = async (times: number): Promise<void> => {
    for (let count = 0; count < times; count++) await manager.changeMode(count % 2 === 0 ? "b" : "a");
  };

  await change(12_000);
  const before = heapInMegabytes();
  await change(12_000);
  const after = heapInMegabytes();
  await manager.stop();

  // One forgotten object of 100 bytes per change would be 1.2 MB.
  expect(after - before).toBeLessThan(1);
});
