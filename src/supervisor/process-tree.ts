/**
 * What /proc says: which process a pid stands for, and which processes carry our marker or share a group.
 *
 * Read-only. A process is (pid, start time, boot id), never a pid alone: pids are used again within minutes. Dead
 * means gone or a zombie, for who reaps an orphan, and when, is not up to us. Without /proc (macOS) every read says
 * "unknown" and only process groups can be asked about.
 */
import { closeSync, existsSync, openSync, readFileSync, readdirSync, readSync } from "node:fs";
import { codeOf } from "../errors.ts";
import { withDescriptor } from "./spare-descriptor.ts";

/** What `/proc/<pid>/stat` tells of a process. `start`: ticks since boot. */
export interface ProcessStat {
  readonly state: string;
  readonly group: number;
  readonly session: number;
  readonly start: number;
  /** False for a zombie, and for a thread of the kernel. */
  readonly hasMemory: boolean;
}

/** One process of this boot, whatever becomes of its pid. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly start: number;
}

/** A process that carries the marker. `run`: what follows the state directory's id, i.e. the epoch. */
export interface MarkedProcess {
  readonly pid: number;
  readonly run: string;
  readonly node: string;
  readonly generation: number;
}

/** What is being read: one file at a time, and nothing is kept. */
const chunk = Buffer.alloc(256 * 1024);

/** Whether processes can be looked at here. */
export const hasProc = existsSync("/proc/self/stat");

/** Reads one process; undefined when there is none. A zombie has state `Z`. */
export function readStat(pid: number): ProcessStat | undefined {
  let text;
  try {
    const length = withDescriptor(() => readWhole(`/proc/${pid}/stat`));
    text = chunk.toString("latin1", 0, length);
  } catch {
    return undefined;
  }
  // The command's name may hold spaces and brackets: fields are counted from its end.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return {
    state: fields[0] ?? "?",
    group: Number(fields[2]),
    session: Number(fields[3]),
    start: Number(fields[19]),
    hasMemory: fields[20] !== "0",
  };
}

/** Gone, or a zombie. */
export function isDead(stat: ProcessStat | undefined): boolean {
  return stat === undefined || stat.state === "Z" || stat.state === "X";
}

/** It runs, waits for a processor, or for the disk; what cannot be looked at does not. */
export function isBusy(stat: ProcessStat | undefined): boolean {
  return stat?.state === "R" || stat?.state === "D";
}

/** That very process still lives. */
export function isAlive({ pid, start }: ProcessIdentity): boolean {
  const stat = readStat(pid);
  return !isDead(stat) && stat?.start === start;
}

/** The pid still stands for that process, dead or alive; without /proc it is taken to. */
export function isStill({ pid, start }: ProcessIdentity): boolean {
  return !hasProc || readStat(pid)?.start === start;
}

/** Changes with every boot; start times mean nothing across it. */
export function readBootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
  } catch {
    return "unknown";
  }
}

/** Whether anybody, zombies included, is in that process group. */
export function groupExists(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Listings of one look at all processes, at most: others start processes, too. */
const mostListings = 50;

/**
 * Looks at every process but our own, with the marker that it carries for one state directory, if any. Lists again until
 * nothing new has come while the others were looked at: a process that forks and ends would slip through one listing.
 */
export function lookAtAll(
  stateId: string,
  visit: (pid: number, marked: MarkedProcess | undefined) => void,
): void {
  if (!hasProc) return;
  const blank: number[] = [];
  const seen = new Set([process.pid]);
  for (let listing = 0; listing < mostListings; listing++) {
    const fresh = withDescriptor(() => readdirSync("/proc"))
      .map(Number)
      .filter((pid) => Number.isInteger(pid) && !seen.has(pid));
    if (fresh.length === 0) break;
    for (const pid of fresh) {
      seen.add(pid);
      const length = readEnvironment(pid);
      if (length === 0 && hasProgram(pid)) blank.push(pid);
      else visit(pid, markerIn(length, pid, stateId));
    }
  }
  // Amid an exec a process has no environment for a moment.
  for (const pid of blank) visit(pid, markerIn(readEnvironment(pid), pid, stateId));
}

/** It is neither a zombie nor a kernel thread. */
function hasProgram(pid: number): boolean {
  const stat = readStat(pid);
  return !isDead(stat) && stat?.hasMemory === true;
}

function markerIn(length: number | undefined, pid: number, stateId: string): MarkedProcess | undefined {
  const environment = chunk.subarray(0, length ?? 0);
  const run = valueIn(environment, `MODESHIFT_RUN=${stateId}:`);
  if (run === undefined) return undefined;
  return {
    pid,
    run,
    node: valueIn(environment, "MODESHIFT_NODE=") ?? "",
    generation: Number(valueIn(environment, "MODESHIFT_GENERATION=") ?? ""),
  };
}

/** What follows `beginning` in the first entry that begins so. */
function valueIn(environment: Buffer, beginning: string): string | undefined {
  for (let at = environment.indexOf(beginning); at !== -1; at = environment.indexOf(beginning, at + 1)) {
    if (at > 0 && environment[at - 1] !== 0) continue;
    const end = environment.indexOf(0, at);
    return environment.toString("utf8", at + beginning.length, end === -1 ? environment.length : end);
  }
  return undefined;
}

/** Its length; undefined when it has gone, or is another user's. */
function readEnvironment(pid: number): number | undefined {
  try {
    return withDescriptor(() => readWhole(`/proc/${pid}/environ`));
  } catch (error) {
    const code = codeOf(error);
    if (code === "EMFILE" || code === "ENFILE") throw error;
    return undefined;
  }
}

function readWhole(path: string): number {
  const file = openSync(path, "r");
  try {
    // These files are read whole by one call, and a call costs more than what is read.
    return readSync(file, chunk, 0, chunk.length, null);
  } finally {
    closeSync(file);
  }
}
