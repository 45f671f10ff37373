/**
 * What all processes of one open supervisor share, wired together: lock, journal, guard, control groups, logs.
 *
 * Built by process-supervisor.ts once the lock is held and leftovers have been ended.
 */
import { existsSync } from "node:fs";
import type { Clock } from "../clock.ts";
import type { NodeSpec } from "../modes/catalogue.ts";
import { cgroupOf, enteringCgroup, removeCgroup } from "./cgroup.ts";
import { commandProblem } from "./command-path.ts";
import { ownEnvironment, type RunIdentity } from "./environment.ts";
import type { Journal } from "./journal.ts";
import type { LogStore } from "./log-store.ts";
import { NodeFault } from "./node-fault.ts";
import { cgroupTree, groupTree, type NodeTree } from "./node-tree.ts";
import type { ProcessHost, TreePlace } from "./process-incarnation.ts";
import { isStill, readBootId, type ProcessIdentity } from "./process-tree.ts";
import { spawnFault } from "./spawn-fault.ts";
import type { SpawnOrder } from "./spawner.ts";
import type { SpawnerPool } from "./spawner-pool.ts";
import { StartThrottle } from "./start-throttle.ts";
import type { StateDirectory } from "./state-directory.ts";
import type { StateLock } from "./state-lock.ts";
import { Sweeper } from "./sweeper.ts";
import type { Turns } from "./turns.ts";

/** What a host is made of. */
export interface HostParts {
  readonly clock: Clock;
  readonly namespace: string;
  readonly directory: StateDirectory;
  readonly lock: StateLock;
  readonly logs: LogStore;
  readonly journal: Journal;
  readonly spawner: SpawnerPool;
  readonly turns: Turns;
  /** What every node inherits. */
  readonly inherited: Readonly<Record<string, string>>;
  /** The run's control group; undefined: process groups and marker. */
  readonly cgroup: string | undefined;
  readonly rivalOf: (spec: NodeSpec) => string | undefined;
}

/** The host of one open supervisor. */
export function createProcessHost(parts: HostParts): ProcessHost {
  const { clock, lock, logs, directory, namespace } = parts;
  const shared: PlaceParts = {
    ...parts,
    run: { stateId: directory.id, namespace, epoch: lock.epoch },
    sweeper: new Sweeper(directory.id, String(lock.epoch), clock),
    bootId: readBootId(),
  };
  return {
    clock,
    logs,
    throttle: new StartThrottle({ clock }),
    turns: parts.turns,
    spawner: parts.spawner,
    rivalOf: parts.rivalOf,
    fenced: () => lock.isFenced(),
    prepare: (spec, generation) => new Place(shared, spec, generation),
  };
}

interface PlaceParts extends HostParts {
  readonly run: RunIdentity;
  readonly sweeper: Sweeper;
  readonly bootId: string;
}

/** Where one incarnation lives: its control group, if any, and its line in the journal. */
class Place implements TreePlace {
  readonly argv: readonly [string, ...string[]];
  readonly cgroup: SpawnOrder["cgroup"];
  readonly own: Readonly<Record<string, string>>;
  readonly #parts: PlaceParts;
  readonly #spec: NodeSpec;
  readonly #generation: number;
  #pid: number | undefined;

  constructor(parts: PlaceParts, spec: NodeSpec, generation: number) {
    this.#parts = parts;
    this.#spec = spec;
    this.#generation = generation;
    this.own = ownEnvironment(spec, generation, parts.run);
    this.argv = commandOf(spec);
    this.cgroup = null;
    if (parts.cgroup === undefined) return;
    const problem = commandProblem(this.argv[0], spec.cwd, this.own["PATH"] ?? parts.inherited["PATH"]);
    if (problem !== undefined) throw spawnFault(spec, problem);
    const path = cgroupOf(parts.cgroup, spec.name, generation);
    this.cgroup = { path, argv: enteringCgroup(path, this.argv) };
  }

  find(): number | undefined {
    return this.#parts.sweeper.leaderOf(this.#spec.name, this.#generation);
  }

  occupy({ pid, start }: ProcessIdentity, leaderEnded: () => boolean): NodeTree {
    const { journal, lock, bootId, sweeper } = this.#parts;
    const { name: node, stopSignal } = this.#spec;
    const generation = this.#generation;
    this.#pid = pid;
    journal.started({ pid, start, bootId, generation, stopSignal, node });
    const identity = {
      node,
      generation,
      group: pid,
      // The spawner has reaped a leader some moments before we hear of it.
      ownsGroup: () => isStill({ pid, start }),
      leaderEnded,
      fenced: () => lock.isFenced(),
    };
    // One that could not be made (a limit is reached) leaves this incarnation with group and marker.
    return this.cgroup !== null && existsSync(this.cgroup.path)
      ? cgroupTree(identity, this.cgroup.path)
      : groupTree(identity, sweeper);
  }

  leave(): void {
    if (this.#pid !== undefined) this.#parts.journal.gone(this.#pid);
    if (this.cgroup !== null) removeCgroup(this.cgroup.path);
  }
}

function commandOf(spec: NodeSpec): readonly [string, ...string[]] {
  if (spec.command !== undefined) return spec.command;
  throw new NodeFault(
    "START_FAILED",
    `${spec.name} has no command: give it one in the catalogue, or run it by supervisorFrom().`,
  );
}
