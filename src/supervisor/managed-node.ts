/**
 * One node under supervision: its state machine, the callers waiting for it, and the driver that does the work.
 *
 * The machine (machines/node-machine.ts) decides, the driver (process-incarnation.ts, function-incarnation.ts) acts; this file
 * joins them and keeps the port's contract: lines 1 to 4, 6, 7, 9 and 10 of supervisor.ts. Operations on one node
 * never overlap: a start that comes while it stops waits, and a stop while it starts supersedes (I8, I10, I20).
 */
import { createActor, type InspectionEvent, type Observer } from "xstate";
import type { Clock, TimerHandle } from "../clock.ts";
import {
  nodeMachine,
  nodeStateOf,
  type NodeActor,
  type NodeMachineEvent,
  type NodeSnapshot,
} from "../machines/node-machine.ts";
import type { NodeSpec } from "../modes/catalogue.ts";
import { exitText } from "../modes/health.ts";
import type { NodeExit, NodeState, NodeStatus } from "../modes/observation.ts";
import type { NodeFault } from "./node-fault.ts";
import { exitedFault, lateFault, statusOf, stuckFault, supersededFault } from "./node-status.ts";
import type { StopOptions, SupervisorEvent, WaitOptions } from "./supervisor.ts";
import { cutFault, isCut, Waits, type Cut, type Wait } from "./waits.ts";

/** How a driver tells what becomes of the incarnation it launched. Late reports are ignored (I10). */
export interface IncarnationReport {
  readonly generation: number;
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
  readonly inspect?: Observer<InspectionEvent> | ((event: InspectionEvent) => void);
}

/** One node of a supervisor. */
export class ManagedNode {
  readonly #spec: NodeSpec;
  readonly #clock: Clock;
  readonly #launch: Launch;
  readonly #emit: (event: SupervisorEvent) => void;
  readonly #actor: NodeActor;
  readonly #entered: { readonly snapshot: NodeSnapshot; readonly cause: string }[] = [];
  readonly #starts: Waits;
  readonly #stops: Waits;
  readonly #startsAfterStop: Waits;
  #handled: NodeSnapshot;
  #incarnation: Incarnation | undefined;
  #draining = false;
  #cause = "restarted by its policy";
  #fault: NodeFault | undefined;
  #kill = false;
  /** The last generation that was spawned. */
  #begun = 0;
  #startTimer: TimerHandle;
  #since = Date.now();

  constructor(options: ManagedNodeOptions) {
    this.#spec = options.spec;
    this.#clock = options.clock;
    this.#launch = options.launch;
    this.#emit = options.emit;
    this.#starts = new Waits(options.clock);
    this.#stops = new Waits(options.clock);
    this.#startsAfterStop = new Waits(options.clock);
    this.#actor = createActor(nodeMachine, {
      id: `node:${options.spec.name}`,
      input: { spec: options.spec },
      clock: options.clock,
      ...(options.inspect === undefined ? {} : { inspect: options.inspect }),
    });
    this.#handled = this.#actor.getSnapshot();
    this.#actor.subscribe((snapshot) => {
      this.#entered.push({ snapshot, cause: this.#cause });
      this.#drain();
    });
    this.#actor.start();
  }

  get state(): NodeState {
    return nodeStateOf(this.#actor.getSnapshot());
  }

  get #generation(): number {
    return this.#actor.getSnapshot().context.generation;
  }

  /** False while it waits for its turn to be spawned. */
  get hasBegun(): boolean {
    return this.state !== "starting" || this.#begun === this.#generation;
  }

  status(): NodeStatus {
    return statusOf(this.#actor.getSnapshot(), this.#since);
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
    if (state === "stopped" || state === "backoff") this.#send({ type: "start" }, "asked to start");
    return wait;
  }

  stop(options: StopOptions): Promise<void> {
    this.#startsAfterStop.rejectAll(supersededFault(this.#spec.name));
    this.#askToStop(
      options.force === true ? "asked to stop at once" : "asked to stop",
      options.force === true,
    );
    if (this.state === "stopped") return Promise.resolve();
    return this.#stops.add(options, (why, wait) => {
      wait.reject(cutFault(why, this.#spec.name, "stop"));
    });
  }

  /** It was seen to run although it was not started here (I1). */
  found(stuck: boolean): void {
    if (this.state !== "stopped") return;
    this.#send({ type: "found", stuck }, stuck ? "left behind, and cannot be ended" : "found running");
  }

  /** Stops the machine. The node is stopped before. */
  dispose(): void {
    this.#clock.clearTimeout(this.#startTimer);
    this.#actor.stop();
  }

  #askToStop(cause: string, kill: boolean): void {
    if (this.state === "stopped") return;
    this.#kill ||= kill;
    this.#send({ type: "stop" }, cause);
    if (!this.#draining) this.#killIfAsked();
    this.#starts.rejectAll(this.#fault ?? supersededFault(this.#spec.name));
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
    const generation = this.#generation;
    const stillStarting = (): boolean => this.state === "starting" && this.#generation === generation;
    void this.#incarnation?.look().then((ready) => {
      if (!stillStarting()) return;
      if (ready) this.#send({ type: "ready", generation }, "ready");
      else otherwise();
    });
  }

  #send(event: NodeMachineEvent, cause: string): void {
    this.#cause = cause;
    this.#actor.send(event);
    this.#cause = "restarted by its policy";
  }

  // A listener may call start or stop from inside an event: its changes queue up behind the one being told.
  #drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    try {
      for (let next = this.#entered.shift(); next !== undefined; next = this.#entered.shift()) {
        const before = this.#handled;
        this.#handled = next.snapshot;
        const sameState = before.value === next.snapshot.value;
        if (sameState && before.context.generation === next.snapshot.context.generation) continue;
        this.#since = Date.now();
        this.#emit({
          node: this.#spec.name,
          status: statusOf(next.snapshot, this.#since),
          cause: next.cause,
        });
        this.#act(next.snapshot, before);
      }
    } finally {
      this.#draining = false;
    }
  }

  #act(snapshot: NodeSnapshot, before: NodeSnapshot): void {
    const state = nodeStateOf(snapshot);
    const { generation } = snapshot.context;
    if (generation !== before.context.generation) {
      this.#fault = undefined;
      this.#incarnation = this.#launch(this.#reportFor(generation), state !== "starting");
    }
    if (state !== "starting") this.#clock.clearTimeout(this.#startTimer);
    if (state === "stopping") {
      if (!this.#kill) this.#incarnation?.end(false);
      this.#killIfAsked();
    } else if (state !== "starting") this.#settle(state);
  }

  #killIfAsked(): void {
    if (this.#kill && this.state === "stopping") this.#incarnation?.end(true);
    this.#kill = false;
  }

  #settle(state: Exclude<NodeState, "starting" | "stopping">): void {
    if (state === "stuck") {
      this.#stops.rejectAll(this.#fault ?? stuckFault(this.#spec.name));
      this.#startsAfterStop.rejectAll(this.#fault ?? stuckFault(this.#spec.name));
    } else this.#stops.resolveAll();
    if (state === "ready" || state === "done") {
      this.#starts.resolveAll();
      this.#startsAfterStop.resolveAll();
      return;
    }
    this.#starts.rejectAll(this.#fault ?? supersededFault(this.#spec.name));
    if (this.#startsAfterStop.size === 0) return;
    this.#starts.take(this.#startsAfterStop);
    this.#send({ type: "start" }, "asked to start while it was stopping");
  }

  #reportFor(generation: number): IncarnationReport {
    const tell = (event: NodeMachineEvent, cause: string, fault?: NodeFault): void => {
      if (generation !== this.#generation) return;
      if (fault !== undefined) this.#fault = fault;
      this.#send(event, cause);
    };
    const report: IncarnationReport = {
      generation,
      spawned: (pid) => {
        this.#begun = generation;
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
