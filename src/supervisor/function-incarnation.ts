/**
 * One incarnation of a node that is run by the caller's own functions: one call of startNode, then one of stopNode.
 *
 * The two never overlap, except that a stop does not wait longer than stop_timeout for a start that ignores its
 * signal. What startNode and stopNode say is believed only together with getRunningNodes (I1, I17).
 */
import type { Clock, TimerHandle } from "../clock.ts";
import { codeOf, messageOf } from "../errors.ts";
import type { NodeSpec } from "../modes/catalogue.ts";
import type { Incarnation, IncarnationReport } from "./managed-node.ts";
import { NodeFault } from "./node-fault.ts";
import { conflictFault } from "./node-status.ts";

/** What startNode and stopNode are told beside the name. */
export interface NodeCall {
  /** Counts this node's incarnations from 1. */
  readonly generation: number;
  /** startNode: aborted when the start is not wanted any more. stopNode: aborted when nobody waits any longer. */
  readonly signal: AbortSignal;
  /** stopNode only: end it at once, without grace. */
  readonly force: boolean;
}

/** The three methods that run nodes: processes, workers, containers, whatever has a name. */
export interface NodeFunctions {
  /** Resolves when the node is ready; getRunningNodes lists it from then on. Rejects when it could not be started. */
  startNode(name: string, call: NodeCall): unknown;
  /** Resolves when the node has gone. Called again, by force, when that takes longer than stop_timeout. */
  stopNode(name: string, call: NodeCall): unknown;
  /** The names of all that run now. */
  getRunningNodes(): Iterable<string> | Promise<Iterable<string>>;
}

/** What an incarnation works with. */
export interface FunctionHost {
  readonly clock: Clock;
  readonly functions: NodeFunctions;
  rivalOf(spec: NodeSpec): string | undefined;
  /** What runs now; undefined when getRunningNodes cannot say. Never rejects. */
  listed(): Promise<ReadonlySet<string> | undefined>;
}

const lookAgainMs = 20;

/** See the file header. `found`: it runs already, there is only its end to be seen to. */
export class FunctionIncarnation implements Incarnation {
  readonly #host: FunctionHost;
  readonly #spec: NodeSpec;
  readonly #report: IncarnationReport;
  readonly #starting = new AbortController();
  #stopping = new AbortController();
  #phase: "queued" | "starting" | "up" | "ending" | "stuck" | "over";
  #started: Promise<void> = Promise.resolve();
  #forced = false;
  #limit: TimerHandle;

  constructor(host: FunctionHost, spec: NodeSpec, report: IncarnationReport, found: boolean) {
    this.#host = host;
    this.#spec = spec;
    this.#report = report;
    this.#phase = found ? "up" : "queued";
    if (!found) {
      setImmediate(() => {
        this.#begin();
      });
    }
  }

  end(kill: boolean): void {
    this.#starting.abort();
    if (this.#phase === "over" || (this.#phase === "ending" && (this.#forced || !kill))) return;
    if (this.#phase === "queued") {
      this.#finish();
      return;
    }
    const { stopTimeoutMs, killTimeoutMs } = this.#spec;
    this.#phase = "ending";
    this.#forced = kill;
    // A gentler call that is still under way is told that nobody waits for it any longer.
    this.#stopping.abort();
    this.#stopping = new AbortController();
    this.#host.clock.clearTimeout(this.#limit);
    this.#limit = this.#host.clock.setTimeout(
      () => {
        if (kill) this.#fail(this.#stuckFault());
        else this.end(true);
      },
      kill ? killTimeoutMs : stopTimeoutMs,
    );
    void this.#stop(kill, this.#stopping.signal);
  }

  async look(): Promise<boolean> {
    return (await this.#host.listed())?.has(this.#spec.name) ?? false;
  }

  /** What a regular look at all nodes has shown of this one. */
  observe(listed: boolean): void {
    if (listed) return;
    if (this.#phase === "stuck") this.#finish();
    if (this.#phase !== "up") return;
    this.#phase = "over";
    this.#report.exited({ code: null, signal: null }, false);
  }

  /** True while an observation says something about it. */
  get isObservable(): boolean {
    return this.#phase === "up" || this.#phase === "stuck";
  }

  #begin(): void {
    if (this.#phase !== "queued") return;
    const rival = this.#host.rivalOf(this.#spec);
    if (rival !== undefined) {
      this.#phase = "over";
      this.#report.failed(conflictFault(this.#spec.name, rival));
      return;
    }
    this.#phase = "starting";
    this.#report.spawned();
    this.#started = this.#start();
  }

  async #start(): Promise<void> {
    try {
      await this.#host.functions.startNode(this.#spec.name, this.#call(this.#starting.signal, false));
    } catch (error) {
      await this.#startFailed(error);
      return;
    }
    if (this.#phase !== "starting") return;
    this.#phase = "up";
    if (this.#spec.oneshot) this.#report.exited({ code: 0, signal: null }, false);
    else this.#report.ready();
  }

  async #startFailed(error: unknown): Promise<void> {
    const fault = new NodeFault(codeOf(error) ?? "START_FAILED", messageOf(error));
    const runs = await this.look();
    if (this.#phase !== "starting") return;
    if (runs) {
      this.#phase = "up";
      this.#report.undo(fault);
      return;
    }
    this.#phase = "over";
    this.#report.failed(fault);
  }

  async #stop(kill: boolean, signal: AbortSignal): Promise<void> {
    if (!kill) await this.#startSettled();
    if (signal.aborted) return;
    let failure: NodeFault | undefined;
    try {
      await this.#host.functions.stopNode(this.#spec.name, this.#call(signal, kill));
    } catch (error) {
      failure = new NodeFault("STOP_FAILED", messageOf(error));
    }
    await this.#confirm(failure, signal);
  }

  // stopNode has said its word; now what runs has the last one (I1).
  async #confirm(failure: NodeFault | undefined, signal: AbortSignal): Promise<void> {
    while (this.#phase === "ending" && !signal.aborted) {
      const listed = await this.#host.listed();
      if (this.#phase !== "ending" || signal.aborted) return;
      const runs = listed?.has(this.#spec.name) ?? failure !== undefined;
      if (!runs) this.#finish();
      else if (failure !== undefined) this.#fail(failure);
      else await this.#pause(lookAgainMs);
    }
  }

  /** A start that ignores its signal is waited for, but not for ever. */
  async #startSettled(): Promise<void> {
    let timer: TimerHandle;
    const limit = new Promise<void>((resolve) => {
      timer = this.#host.clock.setTimeout(resolve, this.#spec.stopTimeoutMs);
    });
    await Promise.race([this.#started, limit]);
    this.#host.clock.clearTimeout(timer);
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#host.clock.setTimeout(resolve, delayMs);
    });
  }

  #stuckFault(): NodeFault {
    const { name, killTimeoutMs } = this.#spec;
    return new NodeFault(
      "NODE_STUCK",
      `${name} still runs ${killTimeoutMs} ms after stopNode was called by force.`,
    );
  }

  #finish(): void {
    this.#phase = "over";
    this.#host.clock.clearTimeout(this.#limit);
    this.#stopping.abort();
    this.#report.gone();
  }

  #fail(fault: NodeFault): void {
    this.#phase = "stuck";
    this.#host.clock.clearTimeout(this.#limit);
    this.#stopping.abort();
    this.#report.stuck(fault);
  }

  #call(signal: AbortSignal, force: boolean): NodeCall {
    return { generation: this.#report.generation, signal, force };
  }
}
