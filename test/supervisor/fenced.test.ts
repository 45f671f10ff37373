/** A manager that was outbid: it hears of it, and starts, signals and writes nothing more (FENCED; I15, I18). */
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { lastValueFrom } from "rxjs";
import { expect, onTestFinished, test, vi } from "vitest";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import { createLifecycleManager } from "../../src/lifecycle-manager.ts";
import { processSupervisor } from "../../src/supervisor/process-supervisor.ts";
import { sendSignal } from "../../src/supervisor/signal.ts";
import { childrenNamed, loneManager } from "./lone-manager.ts";
import { openProcesses, rejection, shell } from "./open-processes.ts";
import { patience, pidsWith, scratchDirectory } from "./process-harness.ts";

/** A callback, and a promise of its call. */
function deferredCall(): { readonly call: () => void; readonly called: Promise<void> } {
  let call: () => void = () => undefined;
  const called = new Promise<void>((resolve) => {
    call = resolve;
  });
  return { call: () => call(), called };
}

test("FENCED: a manager that was outbid hears of it at once, although nothing happens", async () => {
  const heard = deferredCall();
  const { stateDir } = await openProcesses({}, {}, { onFenced: heard.call });

  writeFileSync(join(stateDir, "lock.2"), "1 1 boot elsewhere\n");
  rmSync(join(stateDir, "lock.1"));

  await heard.called;
});

test("FENCED: a lifecycle manager that was outbid says so, and ends without touching its nodes", async () => {
  const { path, remove } = scratchDirectory();
  onTestFinished(remove);
  const manager = createLifecycleManager({
    catalogue: defineCatalogue({
      defaultMode: "idle",
      nodes: { node: { command: ["sleep", "1000"] } },
      modes: { idle: ["node"] },
    }),
    supervisor: processSupervisor({ stateDir: path }),
  });
  const told: string[] = [];
  manager.events$.subscribe((event) => {
    if (event.type === "manager") told.push(event.data.what);
  });
  await manager.start();
  const pid = manager.nodes.get("node")?.pid ?? 0;
  const completed = lastValueFrom(manager.events$);
  writeFileSync(join(path, "lock.2"), "1 1 boot elsewhere\n");
  rmSync(join(path, "lock.1"));

  await completed;
  await manager.stop();

  expect(told).toEqual(["up", "fenced", "down"]);
  expect(sendSignal(pid, "SIGKILL")).toBe(true);
});

test("a manager whose state directory was deleted and taken anew by another takes its own nodes with it", async () => {
  const { path, remove } = scratchDirectory();
  onTestFinished(remove);
  const stateDir = join(path, "state");
  const token = `anew-${process.pid}`;
  const old = loneManager(stateDir, { node: shell(`while :; do sleep 0.01; done; : ${token}`) });
  const living = (): number => pidsWith(token).filter((pid) => pid !== old.child.pid).length;
  expect(await old.start("node")).toBe("ok");
  rmSync(stateDir, { recursive: true });
  const { supervisor } = await openProcesses({ node: { command: ["sleep", "1000"] } }, { stateDir });
  await supervisor.start("node");

  expect(await old.stop("node")).toBe("FENCED");
  old.child.kill("SIGKILL");

  await vi.waitUntil(() => living() === 0, patience);
  expect(supervisor.running().get("node")?.state).toBe("ready");
});

test("FENCED: the restart policy of a manager that was outbid starts nothing, and tells", async () => {
  const heard = deferredCall();
  const restart = { policy: "always", max: 3, windowMs: 60_000, backoffMs: 1, maxBackoffMs: 1 } as const;
  const { supervisor, stateDir, events } = await openProcesses(
    { node: { command: ["sleep", "1000"], restart } },
    {},
    { onFenced: heard.call },
  );
  await supervisor.start("node");
  writeFileSync(join(stateDir, "lock.2"), "1 1 boot elsewhere\n");
  sendSignal(supervisor.running().get("node")?.pid ?? 0, "SIGKILL");

  await heard.called;
  await vi.waitUntil(() => supervisor.running().get("node")?.state === "stopped", patience);

  expect(events.filter(({ cause }) => cause.includes("another manager holds"))).not.toEqual([]);
  expect(events.filter(({ status }) => status.state === "ready")).toHaveLength(1);
});

test("FENCED: an order that was still on its way to the spawner is not carried out", async () => {
  const token = `fenced-${process.pid}`;
  const { supervisor, stateDir } = await openProcesses({
    first: { command: ["sleep", "1000"] },
    node: { command: shell(`: ${token}; exec sleep 1000`) },
  });
  await supervisor.start("first");
  const [spawner = 0] = childrenNamed("modeshift-spawner");
  sendSignal(spawner, "SIGSTOP");
  const start = rejection(supervisor.start("node"));
  // The order is given in the next turn, and the spawner does not read it.
  await turn();
  await turn();
  writeFileSync(join(stateDir, "lock.2"), "1 1 boot elsewhere\n");
  sendSignal(spawner, "SIGCONT");

  const { code, message } = await start;

  expect(`${code} ${message}`).toBe(
    "FENCED node: cannot run /bin/sh: another manager holds the state directory now.",
  );
  expect(pidsWith(token)).toEqual([]);
  sendSignal(supervisor.running().get("first")?.pid ?? 0, "SIGKILL");
});

test("FENCED: a manager that was outbid starts and stops nothing more, and releases nothing", async () => {
  const { supervisor, stateDir } = await openProcesses({
    runs: { command: ["sleep", "1000"] },
    waits: { command: ["sleep", "1000"] },
  });
  await supervisor.start("runs");
  const pid = supervisor.running().get("runs")?.pid ?? 0;
  writeFileSync(join(stateDir, "lock.2"), "1 1 boot elsewhere\n");

  expect((await rejection(supervisor.start("waits"))).code).toBe("FENCED");
  expect((await rejection(supervisor.stop("runs"))).code).toBe("FENCED");

  await supervisor.close();
  expect(readdirSync(stateDir)).toContain("lock.2");
  expect(sendSignal(pid, "SIGKILL")).toBe(true);
});
