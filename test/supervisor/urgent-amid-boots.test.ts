/** An urgent mode asked for while a crowd of real scripts boots: it waits for none of them. */
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createLifecycleManager, defineCatalogue, processSupervisor } from "../../src/index.ts";
import { scratchDirectory } from "./process-harness.ts";

test("I9: safe is reached while sixty scripts boot, before most of them have been started, and none is started after it", async () => {
  const { path, remove } = scratchDirectory();
  const names = Array.from({ length: 60 }, (_, index) => `n${index}`);
  const script = { command: [process.execPath, "-e", "setInterval(() => undefined, 1e6)"] };
  const catalogue = defineCatalogue({
    namespace: "crowd",
    defaultMode: "idle",
    nodes: Object.fromEntries([...names, "last"].map((name) => [name, script])),
    modes: { idle: [], work: names, safe: { nodes: ["last"], urgent: true } },
  });
  const manager = createLifecycleManager({
    catalogue,
    supervisor: processSupervisor({ stateDir: join(path, "state") }),
  });
  onTestFinished(async () => {
    await manager.stop();
    remove();
  });
  await manager.start();
  const started = new Set<string>();
  const firstStarted = new Promise<void>((resolve) => {
    manager.events$.subscribe(({ type, data }) => {
      if (type !== "node" || data.state !== "ready") return;
      started.add(data.node);
      resolve();
    });
  });

  const work = manager.changeMode("work");
  await firstStarted;
  const safe = await manager.changeMode("safe");

  expect(safe).toMatchObject({ outcome: "changed", nodesStarted: ["last"] });
  expect(await work).toMatchObject({ outcome: "superseded" });
  expect(started.size).toBeLessThan(30);
  expect(manager.runningNodes).toEqual(["last"]);
});
