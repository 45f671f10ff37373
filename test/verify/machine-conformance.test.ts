/**
 * The verifier's model does what the mode machine does: on random walks through random catalogues both admit the same
 * requests, make the same plans, and settle, roll back and fall back alike.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { initialTransition, transition, type EventFromLogic, type SnapshotFrom } from "xstate";
import { createModeMachine } from "../../src/machines/mode-machine.ts";
import type { Catalogue, FaultBudget } from "../../src/modes/catalogue.ts";
import type { NodeState } from "../../src/modes/observation.ts";
import { catalogueArbitrary } from "../../src/testing/arbitraries.ts";
import { isSettled, type ModelState } from "../../src/verify/model-state.ts";
import * as code from "../../src/verify/node-code.ts";
import type { ProjectedModel } from "../../src/verify/projected-model.ts";
import { unpackStep, type ModelStep } from "../../src/verify/step.ts";
import { wholeModel } from "./whole-model.ts";

type Machine = ReturnType<typeof createModeMachine>;

const observedStates: Readonly<Record<number, NodeState>> = {
  [code.DOWN]: "stopped",
  [code.STARTING]: "starting",
  [code.UP]: "ready",
  [code.STOPPING]: "stopping",
  [code.STUCK]: "stuck",
  [code.BACKOFF]: "backoff",
  [code.RESTARTING]: "starting",
};

const failures = new Set(["stop_fails", "start_fails", "start_sticks", "skipped", "refused"]);
/** Steps of nodes outside the model, of which the whole model has none, and what needs a crash to be told apart. */
const isOfOthers = ({ kind }: ModelStep): boolean => kind.startsWith("others_") || kind === "auto_fall_back";

class Pair {
  readonly #machine: Machine;
  readonly #model: ProjectedModel;
  #snapshot: SnapshotFrom<Machine>;
  #number: number;
  #requests = 0;

  constructor(catalogue: Catalogue, faults: FaultBudget) {
    this.#machine = createModeMachine(catalogue);
    this.#model = wholeModel(catalogue, faults);
    [this.#snapshot] = initialTransition(this.#machine);
    this.#number = this.#model.initial();
    this.#send({ type: "boot", mode: catalogue.defaultMode, epoch: 1 });
    this.compare();
  }

  get state(): ModelState {
    return this.#model.stateAt(this.#number);
  }

  #send(event: EventFromLogic<Machine>): void {
    [this.#snapshot] = transition(this.#machine, this.#snapshot, event);
  }

  #mode(index: number): string | null {
    return this.#model.catalogue.modes[index]?.name ?? null;
  }

  #node(index: number): string {
    return this.#model.catalogue.nodes[index]!.name;
  }

  #planNumber(): number {
    return this.#snapshot.context.plan?.number ?? 0;
  }

  /** Every step that can be taken here and has a counterpart outside the model. */
  steps(): { readonly next: number; readonly step: ModelStep }[] {
    const found: { readonly next: number; readonly step: ModelStep }[] = [];
    this.#model.successors(this.#number, (next, packed) => found.push({ next, step: unpackStep(packed) }));
    return found.filter(({ step }) => !isOfOthers(step));
  }

  take({ next, step }: { readonly next: number; readonly step: ModelStep }): void {
    const before = this.state;
    this.#number = next;
    if (step.kind === "request") this.#request(this.#mode(step.index)!);
    else if (["settle", "roll_back", "fall_back"].includes(step.kind)) {
      this.#send({ type: "plan.done", plan: this.#planNumber(), at: 0 });
    } else this.#tellNode(before, step);
    this.compare();
  }

  #request(mode: string): void {
    this.#send({ type: "mode.request", mode, requestId: `r${++this.#requests}`, onBusy: "preempt" });
  }

  #tellNode(before: ModelState, { kind, index }: ModelStep): void {
    const node = this.#node(index);
    const state = observedStates[code.stateOf(this.state.nodes[index])]!;
    this.#send({ type: "node.observed", node, observed: { state, generation: 1 } });
    // A start that is about to be stopped belongs to no plan, and nothing fails that no leg asked for.
    const isCutShort = kind.startsWith("start_") && (before.nodes[index]! & code.STOP_DUE) !== 0;
    if (!failures.has(kind) || isCutShort || isSettled(before)) return;
    const phase = kind === "stop_fails" ? "stop" : "start";
    this.#send({
      type: "node.failed",
      plan: this.#planNumber(),
      error: { node, phase, code: kind, message: "" },
    });
  }

  compare(): void {
    const { state } = this;
    const { context } = this.#snapshot;
    expect(context.transition === null).toBe(isSettled(state));
    expect(context.current).toBe(this.#mode(state.settled));
    expect(context.transition?.to ?? context.current).toBe(this.#mode(state.target));
    this.#comparePlan(state);
    this.#compareAdmission(state);
  }

  /** Right after a plan was made, its steps are the marks of the nodes. */
  #comparePlan(state: ModelState): void {
    if (this.#planNumber() === this.#compared) return;
    this.#compared = this.#planNumber();
    const { plan } = this.#snapshot.context;
    const marked = (has: (node: number) => boolean): string[] =>
      state.nodes.flatMap((node, index) => (has(node) ? [this.#node(index)] : []));
    expect(plan?.stop.map((step) => step.node)).toEqual(marked(code.isStopOpen));
    expect(plan?.start.map((step) => step.node)).toEqual(marked((node) => (node & code.START_DUE) !== 0));
  }
  #compared = 0;

  /** A request begins in the machine exactly when the model has it. */
  #compareAdmission(state: ModelState): void {
    const offered = new Set(
      this.steps().flatMap(({ step }) => (step.kind === "request" ? [step.index] : [])),
    );
    for (const [index, { name }] of this.#model.catalogue.modes.entries()) {
      const [after] = transition(this.#machine, this.#snapshot, {
        type: "mode.request",
        mode: name,
        requestId: "probe",
        onBusy: "preempt",
      });
      const begins = (after.context.plan?.number ?? 0) > this.#planNumber();
      expect(begins, `${name} from ${this.#mode(state.settled)} going to ${this.#mode(state.target)}`).toBe(
        offered.has(index),
      );
    }
  }
}

test("I2, I8, I9, I14: conformance of model and machine on random walks", () => {
  const walk = fc.record({
    catalogue: catalogueArbitrary({ maxNodes: 4, maxModes: 4, names: "plain" }),
    faults: fc.constantFrom<FaultBudget>("none", "starts", "any"),
    choices: fc.array(fc.nat(1000), { minLength: 1, maxLength: 40 }),
  });
  const seen = new Set<string>();
  fc.assert(
    fc.property(walk, ({ catalogue, faults, choices }) => {
      const pair = new Pair(catalogue, faults);
      for (const choice of choices) {
        const steps = pair.steps();
        // A request is always possible: without a preference for the rest, nothing would ever be finished.
        const others = steps.filter(({ step }) => step.kind !== "request");
        const among = others.length > 0 && choice % 4 > 0 ? others : steps;
        if (among.length === 0) return;
        const taken = among[choice % among.length]!;
        seen.add(taken.step.kind);
        pair.take(taken);
      }
    }),
    { numRuns: 150 },
  );
  expect([...seen]).toEqual(
    expect.arrayContaining(["settle", "request", "stop_ends", "start_fails", "crash"]),
  );
});
