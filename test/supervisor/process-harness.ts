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
import type {
  ContractBehaviour,
  ContractNode,
  SupervisorHarness,
} from "../../src/testing/supervisor-harness.ts";

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
 * meanwhile: a fork loop is not in the place where it was listed.
 */
export function pidsWith(text: string): readonly number[] {
  const seen = new Set([process.pid]);
  const found: number[] = [];
  for (;;) {
    const fresh = readdirSync("/proc")
      .map(Number)
      .filter((pid) => Number.isInteger(pid) && !seen.has(pid));
    if (fresh.length === 0) return found;
    for (const pid of fresh) {
      seen.add(pid);
      if (has(pid, text)) found.push(pid);
    }
  }
}

function has(pid: number, text: string): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    if (stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z")) return false;
    return ["environ", "cmdline"].some((file) =>
      readFileSync(`/proc/${pid}/${file}`, "latin1").includes(text),
    );
  } catch {
    return false;
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
  return {
    supervisor,
    clock: systemClock,
    nodes: new Map(nodes.map((node) => [node.spec.name, specOf(node)])),
    crash: (node) => {
      const pid = supervisor.running().get(node)?.pid;
      if (pid === undefined) throw new Error(`${node} has no process to crash`);
      process.kill(pid, "SIGKILL");
    },
    lives: (node) => pidsWith(tokenOf(node)).length > 0,
    pass: (ms) => sleep(ms),
    dispose: async () => scratch.remove(),
  };
}
