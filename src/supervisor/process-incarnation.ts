/**
 * One incarnation of a node as a real process: spawned in its turn, watched until it is ready, ended as a tree.
 *
 * It reports facts to its managed node, which decides; conflicts are tested right before the spawn (I12), the exit
 * is seen at once (I20), and "left others behind" only after one look at the whole tree.
 */
import type { Clock } from "../clock.ts";
import type { NodeSpec } from "../modes/catalogue.ts";
import type { NodeExit } from "../modes/observation.ts";
import type { LogStore } from "./log-store.ts";
import type { Incarnation, IncarnationReport } from "./managed-node.ts";
import { NodeFault } from "./node-fault.ts";
import type { NodeTree } from "./node-tree.ts";
import { conflictFault } from "./node-status.ts";
import type { ProcessIdentity } from "./process-tree.ts";
import { watchReadiness } from "./readiness/readiness.ts";
import type { ReadinessWatch } from "./readiness/readiness-watch.ts";
import { spawnFault } from "./spawn-fault.ts";
import type { SpawnerPool } from "./spawner-pool.ts";
import type { SpawnedProcess, SpawnOrder, SpawnReport } from "./spawner.ts";
import type { StartThrottle, StartTicket } from "./start-throttle.ts";
import { Termination } from "./termination.ts";
import type { Turns } from "./turns.ts";

/** What all processes of one supervisor share. */
export interface ProcessHost {
  readonly clock: Clock;
  readonly throttle: StartThrottle;
  readonly turns: Turns;
  readonly spawner: SpawnerPool;
  readonly logs: LogStore;
  /** The conflicting node that has a process now, if any. */
  rivalOf(spec: NodeSpec): string | undefined;
  /** Another manager has taken over the state directory. */
  fenced(): boolean;
  /** A place for the incarnation's tree, made before it is spawned. @throws NodeFault when it cannot be run */
  prepare(spec: NodeSpec, generation: number): TreePlace;
}

/** Where an incarnation's tree will live. */
export interface TreePlace {
  readonly argv: readonly [string, ...string[]];
  /** The control group to make first, if any, and argv that enters it. */
  readonly cgroup: SpawnOrder["cgroup"];
  /** What the node gets over what all inherit. */
  readonly own: Readonly<Record<string, string>>;
  /** It runs: notes it in the journal and gives the handle on its tree. */
  occupy(leader: ProcessIdentity, leaderEnded: () => boolean): NodeTree;
  /** The leader, when nobody could tell whether it was started. */
  find(): number | undefined;
  /** Nothing of it runs any more, or ever did. */
  leave(): void;
}

const tailLines = 20;

/** See the file header. */
export class ProcessIncarnation implements Incarnation {
  readonly #host: ProcessHost;
  readonly #spec: NodeSpec;
  readonly #report: IncarnationReport;
  readonly #ticket: StartTicket;
  #phase: "queued" | "ordered" | "running" | "ended" = "queued";
  #place: TreePlace | undefined;
  #tree: NodeTree | undefined;
  #termination: Termination | undefined;
  #watch: ReadinessWatch | undefined;
  #onSaid: () => void = () => undefined;
  #exit: NodeExit | undefined;
  #logStart = 0;
  /** It is to end: true, by SIGKILL. */
  #ending: boolean | undefined;

  constructor(host: ProcessHost, spec: NodeSpec, report: IncarnationReport) {
    this.#host = host;
    this.#spec = spec;
    this.#report = report;
    this.#ticket = host.throttle.request(() => {
      this.#spawn();
    });
  }

  end(kill: boolean): void {
    this.#ending = kill || this.#ending === true;
    this.#watch?.cancel();
    if (this.#phase === "queued") {
      this.#phase = "ended";
      this.#ticket.done();
      this.#report.gone();
    }
    // While it is ordered there is nothing to signal yet: it is ended as soon as its pid is known.
    if (this.#tree === undefined) return;
    const termination = (this.#termination ??= this.#terminationOf(this.#tree));
    if (kill) termination.begin(true);
    else {
      this.#host.turns.add(() => {
        termination.begin(false);
      });
    }
  }

  async look(): Promise<boolean> {
    return (await this.#watch?.look()) ?? false;
  }

  #spawn(): void {
    const refusal = this.#refusal();
    if (refusal !== undefined) {
      this.#fail(refusal);
      return;
    }
    let place: TreePlace;
    try {
      place = this.#host.prepare(this.#spec, this.#report.generation);
    } catch (error) {
      this.#fail(error as NodeFault);
      return;
    }
    this.#phase = "ordered";
    this.#place = place;
    this.#report.begun();
    const { name, cwd = null, ready } = this.#spec;
    const log = this.#host.logs.of(name);
    this.#logStart = this.#host.logs.check(name);
    const fd = ready.kind === "fd" ? ready.fd : null;
    const order = { argv: place.argv, cgroup: place.cgroup, own: place.own, cwd, log: log.path, fd };
    this.#host.spawner.spawn(order, this.#spawnReport(place));
  }

  #spawnReport(place: TreePlace): SpawnReport {
    return {
      spawned: (leader, logProblem) => {
        this.#host.logs.opened(this.#spec.name, logProblem);
        this.#spawned(leader, place);
      },
      failed: (code) => {
        place.leave();
        this.#fail(spawnFault(this.#spec, code));
      },
      said: () => {
        this.#onSaid();
      },
      exited: (code, signal) => {
        this.#exit = { code, signal };
        void this.#ended(this.#exit);
      },
      find: () => place.find(),
    };
  }

  #refusal(): NodeFault | undefined {
    const { name } = this.#spec;
    if (this.#host.fenced()) {
      return new NodeFault(
        "FENCED",
        `${name} was not started: another manager holds the state directory now.`,
      );
    }
    const rival = this.#host.rivalOf(this.#spec);
    if (rival === undefined) return undefined;
    return conflictFault(name, rival);
  }

  #fail(fault: NodeFault): void {
    this.#phase = "ended";
    this.#ticket.done();
    if (this.#ending === undefined) this.#report.failed(fault);
    else this.#report.gone();
  }

  #spawned(leader: SpawnedProcess, place: TreePlace): void {
    this.#phase = "running";
    this.#ticket.spawned(leader.pid, leader.isBusy);
    this.#tree = place.occupy(leader, () => this.#exit !== undefined);
    this.#report.spawned(leader.pid);
    if (this.#ending !== undefined) {
      this.end(this.#ending);
      return;
    }
    this.#watch = watchReadiness({
      spec: this.#spec,
      clock: this.#host.clock,
      own: place.own,
      spawn: (order, report) => {
        this.#host.spawner.spawn(order, report);
      },
      log: this.#host.logs.of(this.#spec.name),
      logStart: this.#logStart,
      onSaid: (callback) => {
        this.#onSaid = callback;
      },
      onReady: () => {
        this.#report.ready();
      },
    });
  }

  async #ended(exit: NodeExit): Promise<void> {
    this.#phase = "ended";
    this.#ticket.done();
    this.#watch?.cancel();
    if (this.#termination !== undefined) {
      this.#report.exited(exit, true);
      this.#termination.leaderEnded();
      return;
    }
    const left = (await this.#tree?.survivors()) ?? [];
    // Stopped while we looked: the termination sees the end by itself.
    if (this.#termination !== undefined) {
      this.#report.exited(exit, true);
      return;
    }
    if (left.length === 0) this.#place?.leave();
    const stderr = this.#host.logs.of(this.#spec.name).tail(tailLines, this.#logStart);
    this.#host.logs.check(this.#spec.name);
    this.#report.exited(stderr.length === 0 ? exit : { ...exit, stderr }, left.length > 0);
  }

  #terminationOf(tree: NodeTree): Termination {
    return new Termination(tree, this.#spec, this.#host.clock, {
      gone: () => {
        this.#host.turns.add(() => {
          this.#place?.leave();
          this.#report.gone();
        });
      },
      stuck: () => {
        const code = tree.fenced() ? "FENCED" : "NODE_STUCK";
        const { name, killTimeoutMs } = this.#spec;
        this.#report.stuck(
          new NodeFault(code, `${name} (pid ${tree.group}) still runs ${killTimeoutMs} ms after SIGKILL.`),
        );
      },
    });
  }
}
