/**
 * Kills managers while nasty nodes start and stop, and counts what outlives them (I15).
 */
import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { chownSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { vi } from "vitest";
import { sendSignal } from "../../src/supervisor/signal.ts";
import { patience, pidsWith, scratchDirectory } from "./process-harness.ts";

/** How managers are killed. */
export interface ChaosOptions {
  readonly program: string;
  readonly kills: number;
  readonly isolation: "auto" | "group";
  readonly kinds: readonly string[];
  /** The guard dies with its manager: the next start has to clean up. */
  readonly killGuard?: boolean;
  /** User and group of the manager. */
  readonly user?: number;
}

/** What came of it. */
export interface ChaosCount {
  readonly kills: number;
  /** Processes that lived at the moments of the kills, in all. */
  readonly alive: number;
  /** Processes that lived on when the guard had done its work; without a guard: when the next manager was open. */
  readonly orphans: number;
  /** From a kill to the last process's end, ms, where a guard lived. */
  readonly goneAfterMs: readonly number[];
  readonly isolations: readonly string[];
}

const patienceMs = 5000;
const script = join(import.meta.dirname, "../fixtures/chaos-manager.mjs");

/** One run; see the file header. */
export async function chaos(options: ChaosOptions): Promise<ChaosCount> {
  const scratch = scratchDirectory();
  const stateDir = join(scratch.path, "state");
  mkdirSync(stateDir, { mode: 0o700 });
  if (options.user !== undefined) {
    for (const path of [scratch.path, stateDir]) chownSync(path, options.user, options.user);
  }
  const count = {
    kills: options.kills,
    alive: 0,
    orphans: 0,
    goneAfterMs: [] as number[],
    isolations: [] as string[],
  };
  /** Of the manager whose guard was killed with it. */
  let lastToken: string | undefined;
  try {
    for (let kill = 0; kill <= options.kills; kill++) {
      const token = randomUUID();
      const manager = await startManager(options, stateDir, token);
      count.orphans += lastToken === undefined ? 0 : (await settled(lastToken)).length;
      lastToken = undefined;
      count.isolations.push(manager.isolation);
      // Every other one is killed while it is still starting its nodes.
      if (kill % 2 === 0) await manager.line("busy");
      await sleep(Math.random() * 60);
      count.alive += pidsWith(token).filter((pid) => pid !== manager.child.pid).length;
      const last = kill === options.kills;
      const killedAt = performance.now();
      await killManager(manager.child, stateDir, options.killGuard === true && !last);
      if (options.killGuard === true && !last) lastToken = token;
      else {
        count.goneAfterMs.push(await timeUntilGone(token, killedAt));
        await vi.waitUntil(() => guardsOf(stateDir).length === 0, patience);
        count.orphans += (await settled(token)).length;
      }
    }
  } finally {
    for (const pid of pidsWith(scratch.path)) sendSignal(pid, "SIGKILL");
    scratch.remove();
  }
  return count;
}

interface RunningManager {
  readonly child: ChildProcess;
  readonly isolation: string;
  line(beginning: string): Promise<string>;
}

async function startManager(options: ChaosOptions, stateDir: string, token: string): Promise<RunningManager> {
  const argv = [script, stateDir, options.program, token, options.isolation, ...options.kinds];
  const identity = options.user === undefined ? {} : { uid: options.user, gid: options.user };
  const child = spawn(process.execPath, argv, {
    stdio: ["ignore", "pipe", "inherit"],
    cwd: "/",
    ...identity,
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (beginning: string): Promise<string> => {
    for (;;) {
      const next = await lines.next();
      if (next.done === true) throw new Error(`the manager ended before it said "${beginning}"`);
      if (next.value.startsWith(beginning)) return next.value;
    }
  };
  const opened = await line("open");
  return { child, isolation: opened.split(" ")[3] ?? "", line };
}

async function killManager(manager: ChildProcess, stateDir: string, guardToo: boolean): Promise<void> {
  const ended = once(manager, "exit");
  if (guardToo) for (const pid of guardsOf(stateDir)) sendSignal(pid, "SIGKILL");
  manager.kill("SIGKILL");
  await ended;
}

function guardsOf(stateDir: string): readonly number[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const argv = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0");
      return argv.includes("modeshift-guard") && argv.includes(stateDir) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

/** To the first of three looks in a row that find nothing. */
async function timeUntilGone(token: string, since: number): Promise<number> {
  let goneAt = performance.now();
  for (let quiet = 0; quiet < 3 && goneAt - since < patienceMs; quiet += 1) {
    if (quiet === 0) goneAt = performance.now();
    if (pidsWith(token).length > 0) quiet = -1;
    await sleep(2);
  }
  return goneAt - since;
}

/** What there is, looked for again and again: the first that is found. */
async function settled(token: string): Promise<readonly number[]> {
  let found: readonly number[] = [];
  for (let look = 0; look < 5 && found.length === 0; look++) {
    found = pidsWith(token);
    await sleep(3);
  }
  return found;
}
