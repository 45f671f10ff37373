/**
 * I15: a hundred SIGKILLs of the manager for each way in which nodes are held, while nasty nodes of every kind start
 * and stop. Prints what was counted.
 */
import { describe, expect, test } from "vitest";
import { buildNasty, nastyKinds, quickKinds } from "../fixtures/nodes/nasty.ts";
import { chaos, type ChaosOptions } from "../supervisor/chaos.ts";

const program = buildNasty();
const isRoot = process.getuid?.() === 0;
const nobody = 65_534;
const kinds = [...nastyKinds];

const ways: Readonly<Record<string, Partial<ChaosOptions>>> = {
  "process groups": { isolation: "group" },
  "the best isolation there is": {},
  "a node that forks and ends every 2 ms, process groups": { isolation: "group", kinds: [...quickKinds] },
  "the same, the guard is killed too": { isolation: "group", kinds: [...quickKinds], killGuard: true },
  "the guard is killed too": { isolation: "group", killGuard: true },
  "the guard is killed too, best isolation": { killGuard: true },
  ...(isRoot
    ? {
        "user nobody": { user: nobody },
        "user nobody, the guard is killed too": { user: nobody, killGuard: true },
      }
    : {}),
};

describe.runIf(program !== undefined)("I15: a hundred kills", () => {
  test.each(Object.entries(ways))("%s", { timeout: 600_000 }, async (way, options) => {
    const count = await chaos({ program: program ?? "", kills: 100, isolation: "auto", kinds, ...options });
    const times = [...count.goneAfterMs].sort((a, b) => a - b);
    const median = times[times.length >> 1]?.toFixed(0) ?? "-";
    const isolation = [...new Set(count.isolations)].join("+");
    console.info(
      `${way} (${isolation}): ${count.kills} kills, ${count.alive} processes, ${count.orphans} orphans, ` +
        `gone after ${median} ms (median), ${times.at(-1)?.toFixed(0) ?? "-"} ms (longest)`,
    );
    expect(count.orphans).toBe(0);
  });
});

describe.runIf(program !== undefined)("I15: a hundred kills with nodes that hide from the marker", () => {
  test("control groups hold a daemon with an empty environment", { timeout: 600_000 }, async (context) => {
    const all = { program: program ?? "", isolation: "auto", kinds: [...kinds, "bare"] } as const;
    const trial = await chaos({ ...all, kinds: ["plain"], kills: 1 });
    if (!trial.isolations.includes("cgroup")) context.skip("no control group subtree can be written here");
    const count = await chaos({ ...all, kills: 100 });
    const bereft = await chaos({ ...all, kills: 100, killGuard: true });
    console.info(`bare: ${count.alive + bereft.alive} processes, ${count.orphans + bereft.orphans} orphans`);
    expect(count.orphans + bereft.orphans).toBe(0);
  });
});
