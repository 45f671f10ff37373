/**
 * The verifier's model: mode machine, executor and supervisor over a few nodes, as a graph of numbered states.
 *
 * A state is: target mode, settled mode, what is going on (a leg of a transition, or settled), whether the leg has
 * errors, and each node's code. Every order of events is a path: steps of a phase run in any order, requests come at any
 * point, and, as far as the fault budget goes, starts and stops fail and nodes crash at any point. The steps themselves
 * are in mode-steps.ts, node-steps.ts and node-faults.ts.
 *
 * WHY CUTTING NODES AWAY IS SAFE. Nodes outside the model can only hold back nodes inside: a start waits for its
 * dependencies and for the barrier, a stop for its dependents; a failed dependency or a running foe makes a start end
 * without beginning; their errors turn a settling into a rollback or fallback. The model drops the waiting (more orders,
 * never fewer) and offers the rest as choices ("skipped", "others_roll_back", "others_fall_back"). So whatever the robot
 * can do, the model can do: a property that holds in the model holds. The converse may fail, which is why a violation
 * counts only once it is exact by construction or has been carried out on the whole catalogue (decide.ts, replay.ts).
 * Without faults nothing outside can fail; only in catalogues that were never validated can two foes meet in one mode,
 * and then "skipped" is offered too.
 *
 * Left out: a shutdown only stops nodes; a manager's death begins again from nothing; time-outs are failures.
 */
import { requestSteps, settlingSteps, type TellEntry } from "./mode-steps.ts";
import { REQUESTED, SETTLED, SETTLED_WITH_ERRORS, StatePacking, type ModelState } from "./model-state.ts";
import { DOWN, NODE_BITS, plannedCode } from "./node-code.ts";
import { faultSteps } from "./node-faults.ts";
import { planSteps, type Faults } from "./node-steps.ts";
import type { ReducedCatalogue } from "./reduced-catalogue.ts";
import { packStep, type StepKind } from "./step.ts";

/** Takes a successor: its number, and the step that leads there. */
export type Emit = (state: number, step: number) => void;

/** The model of one reduced catalogue. */
export class ProjectedModel {
  readonly catalogue: ReducedCatalogue;
  readonly #faults: Faults;
  readonly #errorsMatter: boolean;
  readonly #packing: StatePacking;
  readonly #hasFrom: boolean;
  /** By nodes and settled mode: the one mode for which no request has been told from there; -1: none is left. */
  readonly #untold = new Map<number, number>();

  /** @param errorsMatter - whether the property asks how a mode has settled. */
  constructor(catalogue: ReducedCatalogue, faults: Faults, errorsMatter: boolean) {
    this.catalogue = catalogue;
    this.#faults = faults;
    this.#errorsMatter = errorsMatter || catalogue.modes.some((mode) => mode.onFailure !== "continue");
    this.#packing = new StatePacking(catalogue.nodes.length, catalogue.modes.length);
    this.#hasFrom = catalogue.modes.some((mode) => mode.from !== null);
  }

  /** Start-up: nothing runs, and the default mode is being entered (I18). */
  initial(): number {
    const { nodes, defaultMode } = this.catalogue;
    const off = { work: SETTLED, hasErrors: false, target: -1, settled: -1, nodes: nodes.map(() => DOWN) };
    return this.#enter(off, defaultMode, REQUESTED);
  }

  /** A state taken apart. */
  stateAt(number: number): ModelState {
    return this.#packing.unpack(number);
  }

  /** Everything that can happen next. */
  successors(number: number, emit: Emit): void {
    const state = this.#packing.unpack(number);
    this.#tellSteps(number, state, emit);
    requestSteps(state, this.catalogue, this.#faults, this.#entries(state, emit));
  }

  /** The same without most of what was told before, of another state: for a search, to which that is nothing new. */
  newSuccessors(number: number, emit: Emit): void {
    const state = this.#packing.unpack(number);
    this.#tellSteps(number, state, emit);
    if (!this.#haveRequestsBeenTold(state)) {
      requestSteps(state, this.catalogue, this.#faults, this.#entries(state, emit));
    }
  }

  /** Where a request leads depends on the nodes and the settled mode; where none has a `from`, most may be asked anywhere. */
  #haveRequestsBeenTold(state: ModelState): boolean {
    if (this.#hasFrom) return false;
    const { modes } = this.catalogue;
    const isRunning = state.work >= REQUESTED;
    if (isRunning && modes[state.target]?.urgent === true) return false;
    const key = this.#packing.pack({ ...state, work: 0, hasErrors: false, target: -1 });
    const joined = state.work === REQUESTED ? state.target : -1;
    const untold = this.#untold.get(key);
    if (untold === -1 || (untold !== undefined && untold === joined)) return true;
    this.#untold.set(key, untold === undefined ? joined : -1);
    return false;
  }

  #entries(state: ModelState, emit: Emit): TellEntry {
    return (mode, work, kind) => emit(this.#enter(state, mode, work), packStep(kind, mode));
  }

  #tellSteps(number: number, state: ModelState, emit: Emit): void {
    const inPlan = this.#errorsMatter && state.work >= REQUESTED;
    const tellNode = (index: number, code: number, kind: StepKind, isError: boolean): void =>
      emit(this.#packing.change(number, state, index, code, isError && inPlan), packStep(kind, index));
    planSteps(state, this.catalogue, this.#faults, tellNode);
    const settling = settlingSteps(state, this.catalogue, this.#faults, this.#entries(state, emit));
    if (settling !== null) emit(this.#settle(state, settling.failed), packStep("settle", state.target));
    if (this.#faults.budget === "any") faultSteps(state.nodes, this.catalogue, tellNode);
  }

  /** Enters a mode: the plan is made from what the nodes are doing now (I2). */
  #enter({ nodes, settled }: ModelState, target: number, work: number): number {
    const wishes = this.catalogue.modes[target]?.wishes ?? [];
    const entering = target !== settled;
    let planned = 0;
    for (let index = 0; index < nodes.length; index++) {
      planned |= plannedCode(nodes[index] ?? DOWN, wishes[index] ?? 0, entering) << (NODE_BITS * index);
    }
    return this.#packing.packWith(planned, work, target, settled);
  }

  #settle(state: ModelState, failed: boolean): number {
    const work = failed && this.#errorsMatter ? SETTLED_WITH_ERRORS : SETTLED;
    const settled = this.catalogue.settledMatters ? state.target : -1;
    return this.#packing.pack({ ...state, work, hasErrors: false, settled });
  }
}
