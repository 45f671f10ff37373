/**
 * The model that model tests walk: the very machine of createModeMachine, with an executor and nodes that do as they are
 * told, save for the steps that are said to fail.
 *
 * Pure: one request is one step, from rest to rest, and gives the expected answer. Holds by itself what an executor and
 * a supervisor add to the machine: I3, I6, I12.
 */
import { initialTransition, transition, type EventFromLogic, type SnapshotFrom } from "xstate";
import type { MachineEmission } from "../machines/events.ts";
import { createModeMachine } from "../machines/mode-machine.ts";
import type { Catalogue } from "../modes/catalogue.ts";
import { isOccupying, isRunning, isUp, type NodeState, type ObservedNode } from "../modes/observation.ts";
import type { NodePhase, UntimedResult } from "../modes/result.ts";

/** A step of a plan that fails: a node's stop or start. */
export interface Fault {
  readonly phase: Extract<NodePhase, "stop" | "start">;
  readonly node: string;
}

type Machine = ReturnType<typeof createModeMachine>;
type Event = EventFromLogic<Machine>;

/** The model at rest. */
export interface ModelRest {
  readonly snapshot: SnapshotFrom<Machine>;
  /** The answer to the request that led here. */
  readonly result: UntimedResult;
}

/** The model of one catalogue. */
export class ModeModel {
  readonly #catalogue: Catalogue;
  readonly #machine: Machine;

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
    this.#machine = createModeMachine(catalogue);
  }

  /** After the boot transition, all well. */
  boot(): ModelRest {
    const [snapshot] = initialTransition(this.#machine);
    return this.#perform(snapshot, { type: "boot", mode: this.#catalogue.defaultMode, epoch: 1 }, []);
  }

  /** After a request whose plans fail in these steps. */
  request({ snapshot }: ModelRest, mode: string, faults: readonly Fault[]): ModelRest {
    return this.#perform(snapshot, { type: "mode.request", mode, requestId: "model" }, faults);
  }

  /** Every step that a request would take, and that may thus fail. */
  steps(rest: ModelRest, mode: string): Fault[] {
    const before = rest.snapshot.context.plan?.number;
    const [{ context }] = transition(this.#machine, rest.snapshot, {
      type: "mode.request",
      mode,
      requestId: "model",
    });
    if (context.plan === null || context.plan.number === before) return [];
    const { stop, start } = context.plan;
    return [
      ...stop.map(({ node }): Fault => ({ phase: "stop", node })),
      ...start.map(({ node }): Fault => ({ phase: "start", node })),
    ];
  }

  #perform(from: SnapshotFrom<Machine>, event: Event, faults: readonly Fault[]): ModelRest {
    const walk = new Walk(this.#machine, this.#catalogue, from, faults);
    walk.send(event);
    while (walk.snapshot.context.transition !== null) walk.carryOut();
    if (walk.result === undefined) throw new Error("The model has not answered the request.");
    return { snapshot: walk.snapshot, result: walk.result };
  }
}

/** The nodes that run, in the order in which they were first seen. */
export function runningIn({ snapshot }: ModelRest): string[] {
  return snapshot.context.observed.filter(([, seen]) => isRunning(seen)).map(([node]) => node);
}

class Walk {
  readonly #machine: Machine;
  readonly #catalogue: Catalogue;
  readonly #faults: readonly Fault[];
  snapshot: SnapshotFrom<Machine>;
  result: UntimedResult | undefined;

  constructor(machine: Machine, catalogue: Catalogue, from: SnapshotFrom<Machine>, faults: readonly Fault[]) {
    this.#machine = machine;
    this.#catalogue = catalogue;
    this.snapshot = from;
    this.#faults = faults;
  }

  send(event: Event): void {
    const [snapshot, actions] = transition(this.#machine, this.snapshot, event);
    this.snapshot = snapshot;
    for (const { type, params } of actions) {
      if ((type as string) !== "xstate.emit") continue;
      const { event: emission } = params as { readonly event: MachineEmission };
      if (emission.type === "result") this.result = emission.result;
    }
  }

  /** Carries the running plan out: all stops, then the starts whose dependencies are up, in their order. */
  carryOut(): void {
    const { plan } = this.snapshot.context;
    if (plan === null) throw new Error("A transition without a plan.");
    for (const { node } of plan.stop) this.#stop(plan.number, node);
    const waiting = [...plan.start];
    while (waiting.length > 0) {
      const due = waiting.findIndex(
        ({ after }) => !after.some((other) => waiting.some(({ node }) => node === other)),
      );
      const [step] = waiting.splice(due, 1);
      if (step !== undefined) this.#start(plan.number, step.node);
    }
    this.send({ type: "plan.done", plan: plan.number, at: 0 });
  }

  #stop(plan: number, node: string): void {
    const isDone = this.#seen(node)?.state === "done";
    if (!isDone && this.#fails("stop", node)) {
      this.#observe(node, "stuck");
      this.#blame(plan, "stop", node);
    } else {
      this.#observe(node, "stopped");
      this.send({ type: "node.stopped", plan, node });
    }
  }

  #start(plan: number, node: string): void {
    const spec = this.#catalogue.nodes.get(node);
    const isLacking = (spec?.dependsOn ?? []).some((other) => !isUp(this.#seen(other)));
    const isRefused = (spec?.conflicts ?? []).some((other) => isOccupying(this.#seen(other)));
    const isStuck = this.#seen(node)?.state === "stuck";
    if (isLacking || isRefused || isStuck || this.#fails("start", node)) {
      this.#blame(plan, "start", node);
    } else {
      this.#observe(node, spec?.oneshot === true ? "done" : "ready");
      this.send({ type: "node.started", plan, node });
    }
  }

  #fails(phase: Fault["phase"], node: string): boolean {
    return this.#faults.some((fault) => fault.phase === phase && fault.node === node);
  }

  #seen(node: string): ObservedNode | undefined {
    return this.snapshot.context.observed.find(([name]) => name === node)?.[1];
  }

  #observe(node: string, state: NodeState): void {
    this.send({ type: "node.observed", node, observed: { state, generation: 1 } });
  }

  #blame(plan: number, phase: Fault["phase"], node: string): void {
    const error = { node, phase, code: "MODEL_FAULT", message: "It was said to fail." };
    this.send({ type: "node.failed", plan, error });
  }
}
