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
import { enter, requestSteps, settlingSteps } from "./mode-steps.ts";
import { REQUESTED, SETTLED, StatePacking, type ModelState } from "./model-state.ts";
import { DOWN } from "./node-code.ts";
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

  /** @param errorsMatter - whether the property asks how a mode has settled. */
  constructor(catalogue: ReducedCatalogue, faults: Faults, errorsMatter: boolean) {
    this.catalogue = catalogue;
    this.#faults = faults;
    this.#errorsMatter = errorsMatter || catalogue.modes.some((mode) => mode.onFailure !== "continue");
    this.#packing = new StatePacking(catalogue.nodes.length, catalogue.modes.length);
  }

  /** Start-up: nothing runs, and the default mode is being entered (I18). */
  initial(): number {
    const { nodes, defaultMode } = this.catalogue;
    const off = { work: SETTLED, hasErrors: false, target: -1, settled: -1, nodes: nodes.map(() => DOWN) };
    return this.#packing.pack(enter(off, this.catalogue, defaultMode, REQUESTED));
  }

  /** A state taken apart. */
  stateAt(number: number): ModelState {
    return this.#packing.unpack(number);
  }

  /** Everything that can happen next. */
  successors(number: number, emit: Emit): void {
    const state = this.#packing.unpack(number);
    const tellMode = (next: ModelState, kind: StepKind, index: number): void =>
      emit(this.#packing.pack(next), packStep(kind, index));
    const tellNode = (index: number, code: number, kind: StepKind, isError: boolean): void => {
      const hasErrors = state.hasErrors || (isError && this.#errorsMatter && state.work >= REQUESTED);
      tellMode({ ...state, hasErrors, nodes: state.nodes.with(index, code) }, kind, index);
    };
    planSteps(state, this.catalogue, this.#faults, tellNode);
    settlingSteps(state, this.catalogue, this.#faults, this.#errorsMatter, tellMode);
    requestSteps(state, this.catalogue, this.#faults, tellMode);
    if (this.#faults.budget === "any") faultSteps(state.nodes, this.catalogue, tellNode);
  }
}
