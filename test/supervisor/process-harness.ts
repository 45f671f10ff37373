/**
 * Real processes for the supervisor contract, and a look at what lives that knows nothing of the supervisor's ways.
 */
import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../../src/clock.ts";
import type { NodeSpec, Readiness } from "../../src/modes/catalogue.ts";
import { processSupervisor, type ProcessSupervisorOptions } from "../../src/supervisor/process-supervisor.ts";
import { sendSignal } from "../../src/supervisor/signal.ts";
import type {
  ContractBehaviour,
  ContractNode,
  SupervisorHarness,
} from "../../src/testing/supervisor-harness.ts";

/** How to wait for what makes no event: often, and for as long as a busy machine may take. */
export const patience = { timeout: 20_000, interval: 5 };

type Command = readonly [string, ...string[]];

const shell = (script: string): Command => ["/bin/sh", "-c", script];
const saysReady: Readiness = { kind: "log", pattern: "^ready$" };
const never: Readiness = { kind: "log", pattern: "^never$" };
const atOnce: Readiness = { kind: "exec" };

const commands: Readonly<Record<ContractBehaviour, { command: Command; ready: Readiness }>> = {
  steady: { command: ["sleep", "1000"], ready: atOnce },
  slow_start: { command: shell("sleep 0.2; echo ready; exec sleep 1000"), ready: saysReady },
  slow_stop: {
    command: shell("trap 'sleep 0.2; exit 0' TERM; echo ready; while :; do sleep 0.05; done"),
    ready: saysReady,
  },
  missing: { command: ["/no/such/command"], ready: atOnce },
  exits_early: { command: shell("echo broken >&2; exit 3"), ready: never },
  never_ready: { command: ["sleep", "1000"], ready: never },
  ignores_stop: { command: shell("trap '' TERM; echo ready; while :; do sleep 1; done"), ready: saysReady },
  leaves_daemon: { command: shell("setsid sleep 1000 & echo ready; exec sleep 1000"), ready: saysReady },
  crashes: { command: shell("sleep 0.05; exit 1"), ready: atOnce },
  succeeds: { command: ["true"], ready: atOnce },
};

/** A directory of the test's own; `remove` takes it away. */
export function scratchDirectory(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "modeshift-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/**
 * The pids of all living processes that have this in their environment or their argv. Lists until nothing new has come
 * meanwhile, for a fork loop is not where it was listed, and asks those again that were amid an exec.
 */
export function pidsWith(text: string): readonly number[] {
  return [...tellingsWith(text).keys()];
}

/** What these processes tell of themselves, by pid. */
function tellingsWith(text: string): ReadonlyMap<number, string> {
  const seen = new Set([process.pid]);
  const found = new Map<number, string>();
  const blank: number[] = [];
  const take = (pid: number, told: string | undefined): void => {
    if (told?.includes(text) === true) found.set(pid, told);
  };
  for (let fresh = newPids(seen); fresh.length > 0; fresh = newPids(seen)) {
    for (const pid of fresh) {
      seen.add(pid);
      const told = tellsOfItself(pid);
      if (told === "") blank.push(pid);
      take(pid, told);
    }
  }
  for (const pid of blank) take(pid, tellsOfItself(pid));
  return found;
}

function newPids(seen: ReadonlySet<number>): readonly number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && !seen.has(pid));
}

/** Environment and argv; undefined when it does not live, "" for kernel threads and amid an exec. */
function tellsOfItself(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    if (stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z")) return undefined;
    return ["environ", "cmdline"].map((file) => readFileSync(`/proc/${pid}/${file}`, "latin1")).join("");
  } catch {
    return undefined;
  }
}

/** A process supervisor with the contract's nodes as real processes. */
export async function processHarness(
  nodes: readonly ContractNode[],
  options: ProcessSupervisorOptions = {},
): Promise<SupervisorHarness> {
  const scratch = scratchDirectory();
  const token = randomUUID();
  const tokenOf = (node: string): string => `CONTRACT=${token}/${node}/`;
  const supervisor = processSupervisor({ stateDir: join(scratch.path, "state"), ...options });
  const specOf = ({ behaviour, spec }: ContractNode): NodeSpec => ({
    ...spec,
    ...commands[behaviour],
    env: { CONTRACT: `${token}/${spec.name}/` },
  });
  // Some cases ask about fifty nodes at once. Not kept any longer: a node may end before the next turn.
  let tellings: readonly string[] | undefined;
  const lives = (node: string): boolean => {
    if (tellings === undefined) {
      tellings = [...tellingsWith(token).values()];
      queueMicrotask(() => {
        tellings = undefined;
      });
    }
    return tellings.some((told) => told.includes(tokenOf(node)));
  };
  return {
    supervisor,
    clock: systemClock,
    nodes: new Map(nodes.map((node) => [node.spec.name, specOf(node)])),
    crash: (node) => {
      const pid = supervisor.running().get(node)?.pid;
      if (pid === undefined) throw new Error(`${node} has no process to crash`);
      // It may have just gone by itself.
      sendSignal(pid, "SIGKILL");
    },
    lives,
    pass: (ms) => sleep(ms),
    dispose: async () => scratch.remove(),
  };
}
