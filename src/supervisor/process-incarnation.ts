/**
 * One incarnation of a node as a real process: spawned in its turn, watched until it is ready, ended as a tree.
 *
 * It reports facts to its managed node, which decides; conflicts are tested right before the spawn (I12), the exit
 * is seen at once (I20), and "left others behind" only after one look at the whole tree.
 */
import { closeSync } from "node:fs";
import type { Readable } from "node:stream";
import type { Clock } from "../clock.ts";
import type { NodeSpec } from "../modes/catalogue.ts";
import type { NodeExit } from "../modes/observation.ts";
import type { LogStore } from "./log-store.ts";
import type { Incarnation, IncarnationReport } from "./managed-node.ts";
import { NodeFault } from "./node-fault.ts";
import type { NodeTree } from "./node-tree.ts";
import { conflictFault } from "./node-status.ts";
import { watchReadiness } from "./readiness/readiness.ts";
import type { ReadinessWatch } from "./readiness/readiness-watch.ts";
import { spawnNode, type SpawnedChild } from "./spawn.ts";
import type { StartThrottle, StartTicket } from "./start-throttle.ts";
import { Termination } from "./termination.ts";

/** What all processes of one supervisor share. */
export interface ProcessHost {
  readonly clock: Clock;
  readonly throttle: StartThrottle;
  readonly logs: LogStore;
  environmentOf(spec: NodeSpec, generation: number): NodeJS.ProcessEnv;
  /** The conflicting node that has a process now, if any. */
  rivalOf(spec: NodeSpec): string | undefined;
  /** Another manager has taken over the state directory. */
  fenced(): boolean;
  /** A place for the incarnation's tree, made before it is spawned. @throws NodeFault when it cannot be run */
  prepare(spec: NodeSpec, generation: number, env: NodeJS.ProcessEnv): TreePlace;
}

/** Where an incarnation's tree will live. */
export interface TreePlace {
  readonly argv: readonly [string, ...string[]];
  /** It runs: notes it in the journal and gives the handle on its tree. */
  occupy(pid: number, leaderEnded: () => boolean): NodeTree;
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
  #child: SpawnedChild | undefined;
  #tree: NodeTree | undefined;
  #termination: Termination | undefined;
  #watch: ReadinessWatch | undefined;
  #exit: NodeExit | undefined;
  #logStart = 0;
  #cancelled = false;
  #place: TreePlace | undefined;

  constructor(host: ProcessHost, spec: NodeSpec, report: IncarnationReport) {
    this.#host = host;
    this.#spec = spec;
    this.#report = report;
    this.#ticket = host.throttle.request(() => {
      this.#spawn();
    });
  }

  end(kill: boolean): void {
    this.#cancelled = true;
    this.#ticket.done();
    this.#watch?.cancel();
    if (this.#tree === undefined) {
      this.#report.gone();
      return;
    }
    this.#termination ??= this.#terminationOf(this.#tree);
    this.#termination.begin(kill);
  }

  async look(): Promise<boolean> {
    return (await this.#watch?.look()) ?? false;
  }

  #spawn(): void {
    const { generation } = this.#report;
    const refusal = this.#refusal();
    if (refusal !== undefined) {
      this.#fail(refusal);
      return;
    }
    const env = this.#host.environmentOf(this.#spec, generation);
    try {
      this.#place = this.#host.prepare(this.#spec, generation, env);
    } catch (error) {
      this.#fail(error as NodeFault);
      return;
    }
    const log = this.#host.logs.of(this.#spec.name);
    const output = this.#host.logs.openFor(this.#spec.name);
    this.#logStart = log.size();
    const child = spawnNode({ spec: this.#spec, argv: this.#place.argv, env, output }, (fault) => {
      this.#place?.leave();
      if (!this.#cancelled) this.#fail(fault);
    });
    if (output !== null) closeSync(output);
    if (child !== undefined) this.#spawned(child, this.#place, env);
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
    this.#ticket.done();
    this.#report.failed(fault);
  }

  #spawned(child: SpawnedChild, place: TreePlace, env: NodeJS.ProcessEnv): void {
    this.#child = child;
    this.#tree = place.occupy(child.pid, () => this.#exit !== undefined);
    child.once("exit", (code, signal) => {
      this.#exit = { code, signal };
      void this.#ended(this.#exit);
    });
    this.#report.spawned(child.pid);
    const { ready } = this.#spec;
    this.#watch = watchReadiness({
      spec: this.#spec,
      clock: this.#host.clock,
      env,
      log: this.#host.logs.of(this.#spec.name),
      logStart: this.#logStart,
      pipe: ready.kind === "fd" ? ((child.stdio as unknown[])[ready.fd] as Readable) : undefined,
      onReady: () => {
        this.#ticket.done();
        this.#report.ready();
      },
    });
  }

  async #ended(exit: NodeExit): Promise<void> {
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
        this.#place?.leave();
        this.#report.gone();
      },
      stuck: () => {
        const code = tree.fenced() ? "FENCED" : "NODE_STUCK";
        const { name, killTimeoutMs } = this.#spec;
        this.#report.stuck(
          new NodeFault(
            code,
            `${name} (pid ${this.#child?.pid}) still runs ${killTimeoutMs} ms after SIGKILL.`,
          ),
        );
      },
    });
  }
}
