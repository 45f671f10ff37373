/**
 * One node under supervision: its state machine, the callers waiting for it, and the driver that does the work.
 *
 * The machine (machines/node-machine.ts, fed by node-life.ts) decides, the driver (process-incarnation.ts,
 * function-incarnation.ts) acts; this file joins them and keeps the port's contract: lines 1 to 4, 6, 7, 9 and 10 of supervisor.ts. Operations on one node
 * never overlap: a start that comes while it stops waits, and a stop while it starts supersedes (I8, I10, I20).
 */
import type { Clock, TimerHandle } from "../clock.ts";
import type { NodeMachineEvent } from "../machines/node-machine.ts";
import type { NodeSpec } from "../modes/catalogue.ts";
import { exitText } from "../modes/health.ts";
import type { NodeExit, NodeState, NodeStatus } from "../modes/observation.ts";
import type { NodeFault } from "./node-fault.ts";
import { NodeLife, type EnteredState, type Inspect } from "./node-life.ts";
import { exitedFault, lateFault, stuckFault, supersededFault } from "./node-status.ts";
import type { StopOptions, SupervisorEvent, WaitOptions } from "./supervisor.ts";
import { cutFault, isCut, Waits, type Cut, type Wait } from "./waits.ts";

/** How a driver tells what becomes of the incarnation it launched. Late reports are ignored (I10). */
export interface IncarnationReport {
  readonly generation: number;
  /** It is being spawned: from now on it stands in its rivals' way (I12). `spawned` implies it. */
  begun(): void;
  /** The process runs; start_timeout counts from here. */
  spawned(pid?: number): void;
  ready(): void;
  /** Nothing was started, for this reason. */
  failed(fault: NodeFault): void;
  /** Something was started, but it has to be ended again, for this reason. */
  undo(fault: NodeFault): void;
  /** Ended by itself; `left`: others of its tree still run. */
  exited(exit: NodeExit, left: boolean): void;
  gone(): void;
  stuck(fault: NodeFault): void;
}

/** One launched incarnation. Never throws. */
export interface Incarnation {
  /** Ends the whole tree and reports gone or stuck. `kill`: by SIGKILL, also when a gentler end is under way. */
  end(kill: boolean): void;
  /** Looks at readiness once more (I17). */
  look(): Promise<boolean>;
}

/**
 * Begins an incarnation, or takes one over that was found running (`found`): the driver's one operation. Never throws,
 * never reports before it has returned.
 */
export type Launch = (report: IncarnationReport, found: boolean) => Incarnation;

/** What a managed node needs. `inspect` sees its machine like every other actor. */
export interface ManagedNodeOptions {
  readonly spec: NodeSpec;
  readonly clock: Clock;
  readonly launch: Launch;
  readonly emit: (event: SupervisorEvent) => void;
  readonly inspect?: Inspect;
}

/** One node of a supervisor. */
export class ManagedNode {
  readonly #spec: NodeSpec;
  readonly #clock: Clock;
  readonly #launch: Launch;
  readonly #emit: (event: SupervisorEvent) => void;
  readonly #life: NodeLife;
  readonly #starts: Waits;
  readonly #stops: Waits;
  readonly #startsAfterStop: Waits;
  #incarnation: Incarnation | undefined;
  #fault: NodeFault | undefined;
  #kill = false;
  /** The last generation that was spawned. */
  #begun = 0;
  #startTimer: TimerHandle;

  constructor(options: ManagedNodeOptions) {
    const { spec, clock, launch, emit, inspect } = options;
    this.#spec = spec;
    this.#clock = clock;
    this.#launch = launch;
    this.#emit = emit;
    this.#starts = new Waits(clock);
    this.#stops = new Waits(clock);
    this.#startsAfterStop = new Waits(clock);
    this.#life = new NodeLife(spec, clock, inspect, (entered) => {
      this.#entered(entered);
    });
  }

  get state(): NodeState {
    return this.#life.state;
  }

  /** False while it waits for its turn to be spawned. */
  get hasBegun(): boolean {
    return this.state !== "starting" || this.#begun === this.#life.generation;
  }

  status(): NodeStatus {
    return this.#life.status();
  }

  start(options: WaitOptions): Promise<void> {
    const { state } = this;
    if (state === "ready" || state === "done") return Promise.resolve();
    if (state === "stuck") return Promise.reject(this.#fault ?? stuckFault(this.#spec.name));
    const cut = isCut(this.#clock, options);
    if (cut !== undefined) return Promise.reject(cutFault(cut, this.#spec.name, "start"));
    const waits = state === "stopping" ? this.#startsAfterStop : this.#starts;
    const wait = waits.add(options, (why, cutWait) => {
      this.#cutStart(why, cutWait);
    });
    if (state === "stopped" || state === "backoff") this.#life.send({ type: "start" }, "asked to start");
    return wait;
  }

  stop(options: StopOptions): Promise<void> {
    this.#startsAfterStop.rejectAll(() => supersededFault(this.#spec.name));
    this.#askToStop(
      options.force === true ? "asked to stop at once" : "asked to stop",
      options.force === true,
    );
    if (this.state === "stopped") return Promise.resolve();
    if (this.state === "stuck") return Promise.reject(this.#fault ?? stuckFault(this.#spec.name));
    return this.#stops.add(options, (why, wait) => {
      wait.reject(cutFault(why, this.#spec.name, "stop"));
    });
  }

  /** It was seen to run although it was not started here (I1). */
  found(stuck: boolean): void {
    if (this.state !== "stopped") return;
    this.#life.send({ type: "found", stuck }, stuck ? "left behind, and cannot be ended" : "found running");
  }

  /** Stops the machine. The node is stopped before. */
  dispose(): void {
    this.#clock.clearTimeout(this.#startTimer);
    this.#life.stop();
  }

  #askToStop(cause: string, kill: boolean): void {
    if (this.state === "stopped") return;
    this.#kill ||= kill;
    this.#life.send({ type: "stop" }, cause);
    if (!this.#life.isTelling) this.#killIfAsked();
    this.#starts.rejectAll(() => this.#fault ?? supersededFault(this.#spec.name));
  }

  /** I17: what missed its deadline is looked at once more. */
  #cutStart(why: Cut, wait: Wait): void {
    const fault = cutFault(why, this.#spec.name, "start");
    const giveUp = (): void => {
      wait.reject(fault);
      this.#askToStop(fault.message, false);
    };
    if (this.state !== "starting") wait.reject(fault);
    else if (why === "abort") giveUp();
    else this.#lookOnceMore(giveUp);
  }

  #lookOnceMore(otherwise: () => void): void {
    const { generation } = this.#life;
    const stillStarting = (): boolean => this.state === "starting" && this.#life.generation === generation;
    void this.#incarnation?.look().then((ready) => {
      if (!stillStarting()) return;
      if (ready) this.#life.send({ type: "ready", generation }, "ready");
      else otherwise();
    });
  }

  #entered({ state, generation, isNew, status, cause }: EnteredState): void {
    // Who asks while this is being told asks for what comes after it.
    const [starts, stops] =
      state === "starting" || state === "stopping" ? [] : [this.#starts.drain(), this.#stops.drain()];
    this.#emit({ node: this.#spec.name, status, cause });
    if (isNew) {
      this.#fault = undefined;
      this.#incarnation = this.#launch(this.#reportFor(generation), state !== "starting");
    }
    if (state !== "starting") this.#clock.clearTimeout(this.#startTimer);
    if (state === "stopping") {
      if (!this.#kill) this.#incarnation?.end(false);
      this.#killIfAsked();
    }
    if (starts !== undefined && stops !== undefined) this.#settle(status.state, starts, stops);
  }

  #killIfAsked(): void {
    if (this.#kill && this.state === "stopping") this.#incarnation?.end(true);
    this.#kill = false;
  }

  #settle(state: NodeState, starts: Waits, stops: Waits): void {
    const isUp = state === "ready" || state === "done";
    if (state === "stuck") stops.rejectAll(() => this.#fault ?? stuckFault(this.#spec.name));
    else stops.resolveAll();
    if (isUp) starts.resolveAll();
    else starts.rejectAll(() => this.#fault ?? supersededFault(this.#spec.name));
    if (this.#startsAfterStop.size === 0 || this.state === "stopping") return;
    if (isUp) this.#startsAfterStop.resolveAll();
    else if (state === "stuck") {
      this.#startsAfterStop.rejectAll(() => this.#fault ?? stuckFault(this.#spec.name));
    } else {
      this.#starts.take(this.#startsAfterStop);
      this.#life.send({ type: "start" }, "asked to start while it was stopping");
    }
  }

  #reportFor(generation: number): IncarnationReport {
    const tell = (event: NodeMachineEvent, cause: string, fault?: NodeFault): void => {
      if (generation !== this.#life.generation) return;
      if (fault !== undefined) this.#fault = fault;
      this.#life.send(event, cause);
    };
    const report: IncarnationReport = {
      generation,
      begun: () => {
        this.#begun = generation;
      },
      spawned: (pid) => {
        report.begun();
        tell({ type: "spawned", generation, ...(pid === undefined ? {} : { pid }) }, "spawned");
        this.#startTimer = this.#clock.setTimeout(() => {
          this.#lookOnceMore(() => {
            report.undo(lateFault(this.#spec));
          });
        }, this.#spec.startTimeoutMs);
      },
      ready: () => {
        tell({ type: "ready", generation }, "ready");
      },
      failed: (fault) => {
        tell({ type: "failed", generation, at: this.#clock.now() }, fault.message, fault);
      },
      undo: (fault) => {
        tell({ type: "undo", generation }, fault.message, fault);
      },
      exited: (exit, left) => {
        const fault = this.state === "starting" ? exitedFault(this.#spec.name, exit) : undefined;
        const event = { type: "exited", generation, exit, left, at: this.#clock.now() } as const;
        tell(event, `ended by itself (${exitText(exit)})`, fault);
      },
      gone: () => {
        tell({ type: "gone", generation, at: this.#clock.now() }, "gone");
      },
      stuck: (fault) => {
        tell({ type: "stuck", generation }, fault.message, fault);
      },
    };
    return report;
  }
}
