/** What is left when parts of it die: the manager, its guard, its spawner; and who takes over (I15, I18). */
import { once } from "node:events";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { lastValueFrom } from "rxjs";
import { expect, onTestFinished, test } from "vitest";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import { createLifecycleManager } from "../../src/lifecycle-manager.ts";
import { processSupervisor } from "../../src/supervisor/process-supervisor.ts";
import { sendSignal } from "../../src/supervisor/signal.ts";
import { childrenNamed, loneManager } from "./lone-manager.ts";
import { openProcesses, rejection, shell } from "./open-processes.ts";
import { pidsWith, scratchDirectory } from "./process-harness.ts";

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(5);
}

/** A callback, and a promise of its call. */
function deferredCall(): { readonly call: () => void; readonly called: Promise<void> } {
  let call: () => void = () => undefined;
  const called = new Promise<void>((resolve) => {
    call = resolve;
  });
  return { call: () => call(), called };
}

test("I15: the guard gives nodes their stop signal at the manager's death, and kills them after death_grace", async () => {
  const { path, remove } = scratchDirectory();
  onTestFinished(remove);
  const token = join(path, "token");
  const nodes = {
    drive: shell(`trap 'echo zero > ${path}/drive; exit' TERM; while :; do sleep 0.01; done; : ${token}`),
    deaf: shell(`trap '' TERM; while :; do sleep 0.01; done; : ${token}`),
  };
  const manager = loneManager(join(path, "state"), nodes);
  for (const node of ["drive", "deaf"]) expect(await manager.start(node)).toBe("ok");
  await sleep(50);

  manager.child.kill("SIGKILL");
  await until(() => pidsWith(token).length === 0);

  expect(readFileSync(join(path, "drive"), "utf8")).toBe("zero\n");
});

test("I15: a guard whose manager was outbid touches nothing", async () => {
  const { path, remove } = scratchDirectory();
  onTestFinished(remove);
  const stateDir = join(path, "state");
  const token = join(path, "token");
  const manager = loneManager(stateDir, { node: shell(`while :; do sleep 0.01; done; : ${token}`) });
  await manager.start("node");
  const guards = childrenNamed("modeshift-guard", manager.child.pid);
  expect(guards).toHaveLength(1);
  writeFileSync(join(stateDir, "lock.2"), "1 1 boot elsewhere\n");

  manager.child.kill("SIGKILL");
  await until(() => !pidsWith("modeshift-guard").some((pid) => guards.includes(pid)));

  expect(pidsWith(token)).not.toEqual([]);
  for (const pid of pidsWith(token)) sendSignal(pid, "SIGKILL");
});

test("I18: after a manager's and its guard's death the next one ends what is left, and knows where they stood", async () => {
  const { path, remove } = scratchDirectory();
  onTestFinished(remove);
  const stateDir = join(path, "state");
  const manager = loneManager(stateDir, { "left/behind": ["sleep", "1000"], other: ["sleep", "1000"] });
  for (const node of ["left/behind", "other"]) await manager.start(node);
  for (const pid of childrenNamed("modeshift-guard", manager.child.pid)) sendSignal(pid, "SIGKILL");
  manager.child.kill("SIGKILL");
  await once(manager.child, "exit");

  const { opened } = await openProcesses({}, { stateDir });

  expect(opened.epoch).toBe(2);
  expect([...opened.leftovers].sort()).toEqual(["left/behind", "other"]);
  expect(opened.interrupted).toEqual({
    settled: "idle",
    target: "teleop",
    request: { id: "r-7", mode: "teleop" },
    urgent: false,
  });
});

test("a standby takes over as soon as the holder is dead and its guard has cleaned up", async () => {
  const { path, remove } = scratchDirectory();
  onTestFinished(remove);
  const stateDir = join(path, "state");
  const token = join(path, "token");
  const first = loneManager(stateDir, { node: shell(`while :; do sleep 0.01; done; : ${token}`) });
  await first.start("node");
  const second = loneManager(stateDir, {}, { how: "wait" });
  await second.line("standby");

  first.child.kill("SIGKILL");

  expect(await second.line("open")).toBe("open 2");
  expect(pidsWith(token).filter((pid) => pid !== first.child.pid)).toEqual([]);
});

test("I15: the guard ends the spawner too, held up as it may be: what it forks late is known as ours", async () => {
  const { path, remove } = scratchDirectory();
  onTestFinished(remove);
  const manager = loneManager(join(path, "state"), {});
  await manager.line("open");
  const [spawner = 0] = childrenNamed("modeshift-spawner", manager.child.pid);
  sendSignal(spawner, "SIGSTOP");

  manager.child.kill("SIGKILL");

  await until(() => !pidsWith("modeshift-spawner").includes(spawner));
});

test("a guard that dies is replaced", async () => {
  const { supervisor } = await openProcesses({ node: { command: ["sleep", "1000"] } });
  await supervisor.start("node");
  const [guard] = childrenNamed("modeshift-guard");

  sendSignal(guard ?? 0, "SIGKILL");

  await until(() => childrenNamed("modeshift-guard").some((pid) => pid !== guard));
  await until(() => supervisor.capabilities.notes.length === 0);
  expect(supervisor.running().get("node")?.state).toBe("ready");
});

test("nodes outlive the spawner, and their ends are seen", async () => {
  const { supervisor, event } = await openProcesses({
    stays: { command: ["sleep", "1000"] },
    ends: { command: ["sleep", "1000"] },
    later: { command: ["sleep", "1000"] },
  });
  await Promise.all([supervisor.start("stays"), supervisor.start("ends")]);
  const [spawner] = childrenNamed("modeshift-spawner");

  sendSignal(spawner ?? 0, "SIGKILL");
  await until(() => childrenNamed("modeshift-spawner").length === 0);
  sendSignal(supervisor.running().get("ends")?.pid ?? 0, "SIGKILL");

  const { status } = await event(({ node, status }) => node === "ends" && status.state === "stopped");
  expect(status.gaveUp).toBe(true);
  await supervisor.start("later");
  expect(supervisor.running().get("stays")?.state).toBe("ready");
  await supervisor.stop("stays");
});

test("a start that the spawner took with it is found or fails, and never lost", async () => {
  const { supervisor } = await openProcesses(
    Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`n${index}`, { command: ["sleep", "1000"] }]),
    ),
  );
  const names = [...supervisor.running().keys()];
  const starts = Promise.allSettled(names.map((name) => supervisor.start(name)));
  await until(() => [...supervisor.running().values()].some(({ state }) => state === "ready"));
  for (const pid of childrenNamed("modeshift-spawner")) sendSignal(pid, "SIGKILL");

  const results = await starts;

  for (const [index, name] of names.entries()) {
    const expected = results[index]?.status === "fulfilled" ? "ready" : "stopped";
    expect(supervisor.running().get(name)?.state).toBe(expected);
  }
  await Promise.all(names.map((name) => supervisor.stop(name)));
});

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
  await until(() => supervisor.running().get("node")?.state === "stopped");

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
  await sleep(20);
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
