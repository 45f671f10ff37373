/**
 * I15: managers are killed while nasty nodes start and stop: nothing outlives them. A tenth of what test/long does.
 */
import { chmodSync, chownSync, copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { buildNasty, nastyKinds, quickKinds } from "../fixtures/nodes/nasty.ts";
import { chaos, type ChaosOptions } from "./chaos.ts";
import { loneManager } from "./lone-manager.ts";
import { openProcesses } from "./open-processes.ts";
import { pidsWith, scratchDirectory } from "./process-harness.ts";

const program = buildNasty();
const isRoot = process.getuid?.() === 0;
const nobody = 65_534;

describe.runIf(program !== undefined)("I15: SIGKILL of the manager", () => {
  const run = (options: Partial<ChaosOptions>) =>
    chaos({ program: program ?? "", kills: 2, isolation: "auto", kinds: [...nastyKinds], ...options });

  test("leaves nothing behind in process groups", async () => {
    const count = await run({ isolation: "group" });
    expect(count.orphans).toBe(0);
    expect(count.alive).toBeGreaterThan(0);
  });

  test("leaves nothing behind, whatever isolation there is", async () => {
    const count = await run({});
    const hidden = count.isolations.includes("cgroup") ? await run({ kinds: ["bare", "daemon"] }) : count;
    expect(count.orphans + hidden.orphans).toBe(0);
  });

  test("and of its guard leaves nothing that the next start does not end first", async () => {
    const count = await run({ isolation: "group", killGuard: true });
    expect(count.orphans).toBe(0);
    expect(count.alive).toBeGreaterThan(0);
  });

  test("leaves no process that forks and ends faster than it can be listed, with its guard or without", async () => {
    const kinds = [...quickKinds];
    const guarded = await run({ isolation: "group", kinds, kills: 1 });
    const unguarded = await run({ isolation: "group", kinds, kills: 1, killGuard: true });
    expect(guarded.orphans + unguarded.orphans).toBe(0);
  });

  test.runIf(isRoot)("leaves nothing behind as an unprivileged user", async () => {
    const count = await run({ user: nobody });
    expect(count.orphans).toBe(0);
    expect(count.alive).toBeGreaterThan(0);
  });
});

test.runIf(program !== undefined).each(["group", "auto"] as const)(
  "a stop ends a process that forks and ends faster than it can be listed (isolation: %s)",
  async (isolation) => {
    const token = `quick-${process.pid}-${isolation}`;
    const { supervisor } = await openProcesses(
      { node: { command: [program ?? "", "quick", token], stopTimeoutMs: 50 } },
      { isolation },
    );
    await supervisor.start("node");
    await expect.poll(() => pidsWith(token).length).toBeGreaterThan(1);

    await supervisor.stop("node");

    for (let look = 0; look < 5; look++) expect(pidsWith(token)).toEqual([]);
  },
);

test.runIf(isRoot && program !== undefined)(
  "I11: what survives SIGKILL is stuck after kill_timeout, is not restarted, and is free again when it has gone",
  async () => {
    const { path, remove } = scratchDirectory();
    onTestFinished(remove);
    chownSync(path, nobody, nobody);
    const rising = join(path, "rising");
    copyFileSync(program ?? "", rising);
    chmodSync(rising, 0o4755);
    const token = `rise-${process.pid}`;
    const manager = loneManager(
      join(path, "state"),
      { node: [rising, "rise", token] },
      { user: nobody, killTimeoutMs: 300 },
    );
    const pids = (): readonly number[] => pidsWith(token).filter((pid) => pid !== manager.child.pid);
    await manager.start("node");
    const isRisen = (pid: number): boolean =>
      readFileSync(`/proc/${pid}/status`, "utf8").includes("Uid:\t0\t0");
    await expect.poll(() => pids().filter(isRisen).length).toBe(1);

    expect(await manager.stop("node")).toBe("NODE_STUCK");

    expect(await manager.state("node")).toBe("stuck");
    expect(await manager.start("node")).toBe("NODE_STUCK");
    for (const pid of pids()) process.kill(pid, "SIGKILL");
    await expect.poll(() => manager.state("node"), { timeout: 3000 }).toBe("stopped");
    expect(pids()).toEqual([]);
  },
);
