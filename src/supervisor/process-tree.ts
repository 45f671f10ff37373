/**
 * What /proc says: which process a pid stands for, and which processes carry our marker or share a group.
 *
 * Read-only. A process is (pid, start time, boot id), never a pid alone: pids are used again within minutes. Dead
 * means gone or a zombie, for who reaps an orphan, and when, is not up to us. Without /proc (macOS) every read says
 * "unknown" and only process groups can be asked about.
 */
import { closeSync, existsSync, openSync, readFileSync, readdirSync, readSync } from "node:fs";

/** What `/proc/<pid>/stat` tells of a process. `start`: ticks since boot. */
export interface ProcessStat {
  readonly state: string;
  readonly group: number;
  readonly session: number;
  readonly start: number;
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

/** Whether processes can be looked at here. */
export const hasProc = existsSync("/proc/self/stat");

/** Reads one process; undefined when there is none. A zombie has state `Z`. */
export function readStat(pid: number): ProcessStat | undefined {
  let text;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "latin1");
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
  };
}

/** Gone, or a zombie. */
export function isDead(stat: ProcessStat | undefined): boolean {
  return stat === undefined || stat.state === "Z" || stat.state === "X";
}

/** That very process still lives. */
export function isAlive({ pid, start }: ProcessIdentity): boolean {
  const stat = readStat(pid);
  return !isDead(stat) && stat?.start === start;
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

/** Every pid there is, except our own. */
export function allPids(): number[] {
  if (!hasProc) return [];
  return readdirSync("/proc").flatMap((name) => {
    const pid = Number(name);
    return Number.isInteger(pid) && pid !== process.pid ? [pid] : [];
  });
}

const chunk = Buffer.alloc(256 * 1024);

/** The marker that a process carries, for one state directory; zombies and kernel threads carry none. */
export function readMarker(pid: number, stateId: string): MarkedProcess | undefined {
  const length = readEnvironment(pid);
  const marker = `MODESHIFT_RUN=${stateId}:`;
  if (length === 0 || chunk.subarray(0, length).indexOf(marker) === -1) return undefined;
  const entries = chunk.toString("utf8", 0, length).split("\0");
  const run = entries.find((entry) => entry.startsWith(marker));
  if (run === undefined) return undefined;
  const value = (name: string): string =>
    entries.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
  return {
    pid,
    run: run.slice(marker.length),
    node: value("MODESHIFT_NODE"),
    generation: Number(value("MODESHIFT_GENERATION")),
  };
}

function readEnvironment(pid: number): number {
  let file;
  try {
    file = openSync(`/proc/${pid}/environ`, "r");
  } catch {
    return 0;
  }
  try {
    let length = 0;
    for (;;) {
      const read = readSync(file, chunk, length, chunk.length - length, null);
      length += read;
      if (read === 0 || length === chunk.length) return length;
    }
  } catch {
    return 0;
  } finally {
    closeSync(file);
  }
}
