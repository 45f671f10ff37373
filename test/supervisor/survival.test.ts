/** What is left when parts of it die: the manager, its guard, its spawner; and who takes over (I15, I18). */
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import type { NodeSpec } from "../../src/modes/catalogue.ts";
import { sendSignal } from "../../src/supervisor/signal.ts";
import { childrenNamed, loneManager } from "./lone-manager.ts";
import { openProcesses, shell } from "./open-processes.ts";
import { patience, pidsWith, scratchDirectory } from "./process-harness.ts";

test("I15: the guard gives nodes their stop signal at the manager's death, and kills them after death_grace", async () => {
  const { path, remove } = scratchDirectory();
  onTestFinished(remove);
  const token = join(path, "token");
  const trapping = (trap: string): Partial<NodeSpec> => ({
    command: shell(`trap '${trap}' TERM; echo up; while :; do sleep 0.01; done; : ${token}`),
    ready: { kind: "log", pattern: "^up$" },
  });
  const nodes = { drive: trapping(`echo zero > ${path}/drive; exit`), deaf: trapping("") };
  // On a busy machine a shell may not come to its trap within the default of 50 ms.
  const manager = loneManager(join(path, "state"), nodes, { deathGraceMs: 1_000 });
  for (const node of ["drive", "deaf"]) expect(await manager.start(node)).toBe("ok");

  manager.child.kill("SIGKILL");
  await vi.waitUntil(() => pidsWith(token).length === 0, patience);

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
  await vi.waitUntil(() => !pidsWith("modeshift-guard").some((pid) => guards.includes(pid)), patience);

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

  await vi.waitUntil(() => !pidsWith("modeshift-spawner").includes(spawner), patience);
});

test("a guard that dies is replaced", async () => {
  const { supervisor } = await openProcesses({ node: { command: ["sleep", "1000"] } });
  await supervisor.start("node");
  const [guard] = childrenNamed("modeshift-guard");

  sendSignal(guard ?? 0, "SIGKILL");

  await vi.waitUntil(() => childrenNamed("modeshift-guard").some((pid) => pid !== guard), patience);
  await vi.waitUntil(() => supervisor.capabilities.notes.length === 0, patience);
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
  await vi.waitUntil(() => childrenNamed("modeshift-spawner").length === 0, patience);
  sendSignal(supervisor.running().get("ends")?.pid ?? 0, "SIGKILL");

  const { status } = await event(({ node, status }) => node === "ends" && status.state === "stopped");
  expect(status.gaveUp).toBe(true);
  await supervisor.start("later");
  expect(supervisor.running().get("stays")?.state).toBe("ready");
  await supervisor.stop("stays");
});

test("a start that the spawner took with it is found or fails, and never lost", async () => {
  const token = `1000.${process.pid}`;
  const { supervisor } = await openProcesses(
    Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`n${index}`, { command: ["sleep", token] }]),
    ),
  );
  const names = [...supervisor.running().keys()];
  const starts = Promise.allSettled(names.map((name) => supervisor.start(name)));
  await vi.waitUntil(
    () => [...supervisor.running().values()].some(({ state }) => state === "ready"),
    patience,
  );
  for (const pid of childrenNamed("modeshift-spawner")) sendSignal(pid, "SIGKILL");

  const results = await starts;

  for (const [index, name] of names.entries()) {
    const expected = results[index]?.status === "fulfilled" ? "ready" : "stopped";
    expect(supervisor.running().get(name)?.state).toBe(expected);
  }
  await Promise.all(names.map((name) => supervisor.stop(name)));
  expect(pidsWith(token)).toEqual([]);
});

test("a state directory that is deleted under way takes nothing away: nodes start, stop, and end with their manager", async () => {
  const { path, remove } = scratchDirectory();
  onTestFinished(remove);
  const stateDir = join(path, "state");
  const token = `wiped-${process.pid}`;
  const node = shell(`while :; do sleep 0.01; done; : ${token}`);
  const manager = loneManager(stateDir, { one: node, two: node });
  const living = (): number => pidsWith(token).filter((pid) => pid !== manager.child.pid).length;
  expect(await manager.start("one")).toBe("ok");
  rmSync(stateDir, { recursive: true });

  expect(await manager.start("two")).toBe("ok");
  expect(await manager.stop("one")).toBe("ok");
  expect((await manager.notes()).join()).toContain("the log of two cannot be written: ENOENT");
  expect(living()).toBeGreaterThan(0);
  manager.child.kill("SIGKILL");

  await vi.waitUntil(() => living() === 0, patience);
});
