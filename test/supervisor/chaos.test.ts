/**
 * I15: managers are killed while nasty nodes start and stop: nothing outlives them. A tenth of what test/long does.
 */
import { describe, expect, test } from "vitest";
import { buildNasty, nastyKinds } from "../fixtures/nodes/nasty.ts";
import { chaos, type ChaosOptions } from "./chaos.ts";

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

  test.runIf(isRoot)("leaves nothing behind as an unprivileged user", async () => {
    const count = await run({ user: nobody });
    expect(count.orphans).toBe(0);
    expect(count.alive).toBeGreaterThan(0);
  });
});
