/**
 * I15: managers are killed while nasty nodes start and stop: nothing outlives them. A tenth of what test/long does.
 */
import { describe, expect, test } from "vitest";
import { buildNasty, nastyKinds, quickKinds } from "../fixtures/nodes/nasty.ts";
import { chaos, type ChaosOptions } from "./chaos.ts";
import { openProcesses } from "./open-processes.ts";
import { pidsWith } from "./process-harness.ts";

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
