/**
 * What a dead manager has left running, ended before anything else is done (I15, I18): found by its journal, by the
 * marker in its environment, and by its control groups.
 *
 * They get their stop signal and death_grace, like from the guard, then SIGKILL. The guard may be doing the same at
 * this moment; the two do not disturb each other.
 */
import type { Clock } from "../clock.ts";
import { cgroupPids, isPopulated, killCgroup, removeCgroup, runCgroups } from "./cgroup.ts";
import type { JournalEntry } from "./journal.ts";
import {
  groupExists,
  hasProc,
  isAlive,
  isDead,
  lookAtAll,
  readBootId,
  readStat,
  type ProcessIdentity,
} from "./process-tree.ts";
import { sendSignal } from "./signal.ts";

/** Nodes that were running and have been ended, and the processes of those that could not be. */
export interface Leftovers {
  readonly ended: readonly string[];
  readonly stuck: ReadonlyMap<string, readonly ProcessIdentity[]>;
}

/** Where to look. */
export interface LeftoverSearch {
  readonly stateId: string;
  readonly journal: readonly JournalEntry[];
  readonly deathGraceMs: number;
  readonly clock: Clock;
}

/** Stands for the node of a process that has neither marker nor journal, only a control group of ours. */
const nobody = "";
const pauseMs = 5;
const givenUpAfterMs = 5000;

interface Found {
  /** Negative: a whole group. */
  readonly pid: number;
  readonly node: string;
  readonly stopSignal: string;
}

/** Ends them and resolves when they are gone, or after five seconds. */
export async function endLeftovers(search: LeftoverSearch): Promise<Leftovers> {
  const nodes = new Set<string>();
  const asked = new Set<number>();
  const begun = search.clock.now();
  const waited = (): number => search.clock.now() - begun;
  let found = findLeftovers(search, false);
  // One empty look is not enough after a kill: a fork loop may have been between two processes.
  for (let quiet = found.length === 0 ? 2 : 0; quiet < 2; quiet = found.length === 0 ? quiet + 1 : 0) {
    if (waited() > givenUpAfterMs + search.deathGraceMs) break;
    for (const { node } of found) nodes.add(node);
    if (waited() < search.deathGraceMs) ask(found, asked);
    else kill(found, search.stateId);
    await pause(search.clock);
    found = findLeftovers(search, waited() >= search.deathGraceMs);
  }
  for (const path of runCgroups(search.stateId)) removeCgroup(path);
  const stuck = identitiesByNode(found);
  return { ended: [...nodes].filter((node) => node !== nobody && !stuck.has(node)), stuck };
}

function identitiesByNode(found: readonly Found[]): ReadonlyMap<string, readonly ProcessIdentity[]> {
  const byNode = new Map<string, ProcessIdentity[]>();
  for (const { node, pid } of found) {
    const start = readStat(Math.abs(pid))?.start;
    if (start === undefined) continue;
    byNode.set(node, [...(byNode.get(node) ?? []), { pid: Math.abs(pid), start }]);
  }
  return byNode;
}

/** `freeze`: SIGSTOP to each marked one as it is seen, so that it does not fork once more before it is killed. */
function findLeftovers(search: LeftoverSearch, freeze: boolean): readonly Found[] {
  const leaders = journalledLeaders(search.journal);
  const known = new Set(leaders.map(({ pid }) => -pid));
  const others = [...markedProcesses(search, freeze), ...groupedProcesses(search.stateId)].filter(
    ({ pid }) => !known.has(readStat(pid)?.group ?? 0),
  );
  const byPid = new Map(others.reverse().map((process) => [process.pid, process]));
  return [...leaders, ...byPid.values()];
}

function journalledLeaders(journal: readonly JournalEntry[]): readonly Found[] {
  const bootId = readBootId();
  return journal
    .filter((entry) => entry.bootId === bootId && (hasProc ? isAlive(entry) : groupExists(entry.pid)))
    .map(({ pid, node, stopSignal }) => ({ pid: -pid, node, stopSignal }));
}

function markedProcesses({ stateId, journal }: LeftoverSearch, freeze: boolean): readonly Found[] {
  const signals = new Map(journal.map((entry) => [entry.node, entry.stopSignal]));
  const found: Found[] = [];
  lookAtAll(stateId, (pid, marked) => {
    if (marked === undefined) return;
    if (freeze) sendSignal(pid, "SIGSTOP");
    if (isDead(readStat(pid))) return;
    found.push({ pid, node: marked.node, stopSignal: signals.get(marked.node) ?? "SIGTERM" });
  });
  return found;
}

function groupedProcesses(stateId: string): readonly Found[] {
  return runCgroups(stateId)
    .filter(isPopulated)
    .flatMap(cgroupPids)
    .map((pid) => ({ pid, node: nobody, stopSignal: "SIGTERM" }));
}

function ask(found: readonly Found[], asked: Set<number>): void {
  for (const { pid, stopSignal } of found) {
    if (asked.has(pid)) continue;
    asked.add(pid);
    sendSignal(pid, stopSignal);
  }
}

function kill(found: readonly Found[], stateId: string): void {
  for (const path of runCgroups(stateId)) killCgroup(path);
  for (const { pid } of found) sendSignal(pid, "SIGSTOP");
  for (const { pid } of found) sendSignal(pid, "SIGKILL");
}

function pause(clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimeout(resolve, pauseMs);
  });
}
