/** What still escapes a stop, and what does not: the lines of docs/reference/supervision.md. */
import { readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { ownCgroup, runCgroups } from "../../src/supervisor/cgroup.ts";
import { sendSignal } from "../../src/supervisor/signal.ts";
import { StateDirectory } from "../../src/supervisor/state-directory.ts";
import { buildNasty } from "../fixtures/nodes/nasty.ts";
import { openProcesses, shell, type NodeSketch } from "./open-processes.ts";
import { pidsWith } from "./process-harness.ts";

const program = buildNasty();

type Isolation = "group" | "cgroup";

/** Starts a node, waits until it `isOut`, stops it, and counts what lives on; undefined: no control groups here. */
async function leftBy(
  node: NodeSketch,
  token: string,
  isolation: Isolation,
  isOut: (pids: readonly number[]) => boolean,
): Promise<number | undefined> {
  const { supervisor } = await openProcesses({ node: { ...node, stopTimeoutMs: 50 } }, { isolation });
  onTestFinished(() => {
    for (const pid of pidsWith(token)) sendSignal(pid, "SIGKILL");
  });
  if (supervisor.capabilities.isolation !== isolation) return undefined;
  await supervisor.start("node");
  await expect.poll(() => isOut(pidsWith(token))).toBe(true);
  await supervisor.stop("node");
  return pidsWith(token).length;
}

describe.runIf(program !== undefined)("a process that leaves its session", () => {
  const commandLine = (pid: number): string => readFileSync(`/proc/${pid}/cmdline`, "latin1");
  const nasty = (kind: string, isolation: Isolation) => {
    const token = `escape-${kind}-${isolation}-${process.pid}`;
    const isOut = (pids: readonly number[]): boolean =>
      kind === "bare" ? pids.some((pid) => commandLine(pid).includes("deaf")) : pids.length === 2;
    return leftBy({ command: [program ?? "", kind, token] }, token, isolation, isOut);
  };

  test("does not escape a stop by that alone", async () => {
    expect(await nasty("daemon", "group")).toBe(0);
  });

  test("escapes a process group when it empties its environment, too", async () => {
    expect(await nasty("bare", "group")).toBe(1);
  });

  test("does not escape a control group", async (context) => {
    const left = await nasty("bare", "cgroup");
    if (left === undefined) context.skip("no control group can be written here");
    expect(left).toBe(0);
  });
});

describe("a process that may move itself into another control group", () => {
  const moving = (isolation: Isolation) => {
    const token = `moved-${isolation}-${process.pid}`;
    const elsewhere = join(ownCgroup() ?? "", "cgroup.procs");
    const out = `setsid sh -c 'echo 0 > ${elsewhere}; echo moved; while :; do sleep 1; done; : ${token}' & exec sleep 1000`;
    const node = { command: shell(out), ready: { kind: "log", pattern: "^moved$" } } as const;
    return leftBy(node, token, isolation, () => true);
  };

  test("escapes its own, for whoever may do that", async (context) => {
    const left = await moving("cgroup");
    if (left === undefined) context.skip("no control group can be written here");
    // Two while its loop forks.
    expect(left).toBeGreaterThan(0);
  });

  test("does not escape group and marker", async () => {
    expect(await moving("group")).toBe(0);
  });
});

test("a node whose control group cannot be made is held by group and marker", async (context) => {
  const token = `no-cgroup-${process.pid}`;
  const daemon = `setsid sh -c 'echo out; while :; do sleep 1; done; : ${token}' & exec sleep 1000`;
  const { supervisor, stateDir } = await openProcesses({
    node: { command: shell(daemon), ready: { kind: "log", pattern: "^out$" } },
  });
  if (supervisor.capabilities.isolation !== "cgroup") context.skip("no control group can be written here");
  for (const path of runCgroups(new StateDirectory(stateDir).id)) rmdirSync(path);

  await supervisor.start("node");
  expect(pidsWith(token)).not.toEqual([]);
  await supervisor.stop("node");

  expect(pidsWith(token)).toEqual([]);
});
