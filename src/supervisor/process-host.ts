/**
 * What all processes of one open supervisor share, wired together: lock, journal, guard, control groups, logs.
 *
 * Built by process-supervisor.ts once the lock is held and leftovers have been ended.
 */
import type { Clock } from "../clock.ts";
import type { NodeSpec } from "../modes/catalogue.ts";
import { createCgroup, enteringCgroup, removeCgroup } from "./cgroup.ts";
import { commandProblem } from "./command-path.ts";
import { nodeEnvironments } from "./environment.ts";
import type { Journal } from "./journal.ts";
import type { LogStore } from "./log-store.ts";
import { NodeFault } from "./node-fault.ts";
import { cgroupTree, groupTree, type NodeTree } from "./node-tree.ts";
import type { ProcessHost, TreePlace } from "./process-incarnation.ts";
import { readBootId, readStat } from "./process-tree.ts";
import { spawnFault } from "./spawn.ts";
import { StartThrottle } from "./start-throttle.ts";
import type { StateDirectory } from "./state-directory.ts";
import type { StateLock } from "./state-lock.ts";
import { Sweeper } from "./sweeper.ts";

/** What a host is made of. */
export interface HostParts {
  readonly clock: Clock;
  readonly namespace: string;
  readonly directory: StateDirectory;
  readonly lock: StateLock;
  readonly logs: LogStore;
  readonly journal: Journal;
  /** The run's control group; undefined: process groups and marker. */
  readonly cgroup: string | undefined;
  readonly rivalOf: (spec: NodeSpec) => string | undefined;
}

/** The host of one open supervisor. */
export function createProcessHost(parts: HostParts): ProcessHost {
  const { clock, lock, logs, directory, namespace } = parts;
  const run = { stateId: directory.id, namespace, epoch: lock.epoch };
  const shared: PlaceParts = {
    ...parts,
    sweeper: new Sweeper(directory.id, String(lock.epoch)),
    bootId: readBootId(),
  };
  return {
    clock,
    logs,
    throttle: new StartThrottle(clock),
    environmentOf: nodeEnvironments(run, process.env),
    rivalOf: parts.rivalOf,
    fenced: () => lock.isFenced(),
    prepare: (spec, generation, env) => new Place(shared, spec, generation, env),
  };
}

interface PlaceParts extends HostParts {
  readonly sweeper: Sweeper;
  readonly bootId: string;
}

/** Where one incarnation lives: its control group, if any, and its line in the journal. */
class Place implements TreePlace {
  readonly argv: readonly [string, ...string[]];
  readonly #parts: PlaceParts;
  readonly #spec: NodeSpec;
  readonly #generation: number;
  readonly #cgroup: string | undefined;
  #pid: number | undefined;

  constructor(parts: PlaceParts, spec: NodeSpec, generation: number, env: NodeJS.ProcessEnv) {
    this.#parts = parts;
    this.#spec = spec;
    this.#generation = generation;
    const command = commandOf(spec);
    if (parts.cgroup === undefined) {
      this.argv = command;
      return;
    }
    const problem = commandProblem(command[0], spec.cwd, env["PATH"]);
    if (problem !== undefined) throw spawnFault(spec, problem);
    this.#cgroup = groupIn(parts.cgroup, spec.name, generation);
    this.argv = this.#cgroup === undefined ? command : enteringCgroup(this.#cgroup, command);
  }

  occupy(pid: number, leaderEnded: () => boolean): NodeTree {
    const { journal, lock, bootId, sweeper } = this.#parts;
    const { name: node, stopSignal } = this.#spec;
    const generation = this.#generation;
    this.#pid = pid;
    journal.started({ pid, start: readStat(pid)?.start ?? 0, bootId, generation, stopSignal, node });
    const identity = { node, generation, group: pid, leaderEnded, fenced: () => lock.isFenced() };
    return this.#cgroup === undefined ? groupTree(identity, sweeper) : cgroupTree(identity, this.#cgroup);
  }

  leave(): void {
    if (this.#pid !== undefined) this.#parts.journal.gone(this.#pid);
    if (this.#cgroup !== undefined) removeCgroup(this.#cgroup);
  }
}

// One that cannot be made (a limit is reached) leaves this incarnation with group and marker.
function groupIn(run: string, node: string, generation: number): string | undefined {
  try {
    return createCgroup(run, node, generation);
  } catch {
    return undefined;
  }
}

function commandOf(spec: NodeSpec): readonly [string, ...string[]] {
  if (spec.command !== undefined) return spec.command;
  throw new NodeFault(
    "START_FAILED",
    `${spec.name} has no command: give it one in the catalogue, or run it by supervisorFrom().`,
  );
}
