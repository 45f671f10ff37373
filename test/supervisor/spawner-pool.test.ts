/** Who spawns: one small process, and a second one for crowds. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { childrenNamed } from "./lone-manager.ts";
import { openProcesses } from "./open-processes.ts";

function parentOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}

test("a handful of starts has one spawner, a crowd gets a second one, and then both start nodes", async () => {
  const names = Array.from({ length: 24 }, (_, index) => `n${index}`);
  const { supervisor } = await openProcesses(
    Object.fromEntries(names.map((name) => [name, { command: ["sleep", "1000"] }])),
  );
  const each = (what: "start" | "stop", some: readonly string[]): Promise<unknown> =>
    Promise.all(some.map((name) => supervisor[what](name)));
  const parents = (): ReadonlySet<number> =>
    new Set(names.map((name) => parentOf(supervisor.running().get(name)?.pid ?? 0)));

  await each("start", names.slice(0, 6));
  expect(childrenNamed("modeshift-spawner")).toHaveLength(1);

  const again = async (): Promise<number> => {
    await each("stop", names);
    await each("start", names);
    return parents().size;
  };
  await expect.poll(again).toBe(2);
  expect(parents()).toEqual(new Set(childrenNamed("modeshift-spawner")));
});
