/**
 * Vitest global setup: gives the run a temporary directory of its own, and fails it when, at its end, files of ours are
 * left in it or processes that inherited it are still alive (I15 holds for our tests, too).
 *
 * What other programs leave there (a browser's own scratch) is removed without a word.
 */
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** Called by vitest before the first file; what it returns is called after the last. */
export function setup(): () => Promise<void> {
  const before = process.env["TMPDIR"];
  // A short name: paths of Unix sockets have a hundred bytes.
  const folder = mkdtempSync(path.join(tmpdir(), "ms-"));
  // Like the system's own: some tests run as other users.
  chmodSync(folder, 0o1777);
  process.env["TMPDIR"] = folder;
  return async () => {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
    const left = await leftBehind(folder, 5000);
    rmSync(folder, { recursive: true, force: true });
    if (left.length === 0) return;
    // What a teardown throws is printed by vitest, but does not fail the run.
    process.exitCode = 1;
    console.error(`The tests left behind:\n  ${left.join("\n  ")}`);
  };
}

/** The processes (given some ms to end on their own account) and the files of ours that belong to a temporary directory. */
export async function leftBehind(folder: string, patienceMs: number): Promise<readonly string[]> {
  const patience = performance.now() + patienceMs;
  while (processesOf(folder).length > 0 && performance.now() < patience) await pause(50);
  return [...processesOf(folder), ...filesLeft(folder)];
}

function filesLeft(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith("modeshift-"))
    .map((name) => path.join(folder, name));
}

/** The processes that have the folder in their environment; none where there is no /proc. */
function processesOf(folder: string): readonly string[] {
  const read = (pid: string, file: string): readonly string[] => {
    try {
      return readFileSync(path.join("/proc", pid, file), "utf8").split("\0");
    } catch {
      return [];
    }
  };
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid) && read(pid, "environ").includes(`TMPDIR=${folder}`))
    .map((pid) => `${pid} ${read(pid, "cmdline").join(" ").trim()}`)
    .filter((process) => !process.includes("vitest/dist/workers"));
}
