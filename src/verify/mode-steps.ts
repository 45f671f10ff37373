/**
 * What the mode machine does in the verifier's model: settle, roll back, fall back, take requests (I8, I9, I14, I20).
 * The counterpart of machines/admission.ts and machines/settlement.ts, checked against them by the conformance tests.
 */
import {
  FALLBACK,
  isSettled,
  REQUESTED,
  ROLLBACK,
  SETTLED,
  SETTLED_WITH_ERRORS,
  type ModelState,
} from "./model-state.ts";
import { isStartOpen, isStopOpen, nothing, planNode, stateOf, UP } from "./node-code.ts";
import type { Faults } from "./node-steps.ts";
import type { ReducedCatalogue, ReducedMode } from "./reduced-catalogue.ts";
import type { StepKind } from "./step.ts";

/** A next state and the step to it; `index`: of the mode. */
export type TellMode = (state: ModelState, kind: StepKind, index: number) => void;

/** Another leg of the running transition. */
interface Leg {
  readonly mode: number;
  readonly work: number;
  readonly kind: "roll_back" | "fall_back";
}

/** Enters a mode: the plan is made from what the nodes are doing now. */
export function enter(
  state: ModelState,
  catalogue: ReducedCatalogue,
  target: number,
  work: number,
): ModelState {
  const wishes = catalogue.modes[target]?.wishes ?? [];
  const entering = target !== state.settled;
  const nodes = state.nodes.map((code, index) => planNode(code, wishes[index] ?? nothing, entering));
  return { work, hasErrors: false, target, settled: state.settled, nodes };
}

/** The end of a leg, once all its steps have ended. */
export function settlingSteps(
  state: ModelState,
  catalogue: ReducedCatalogue,
  faults: Faults,
  errorsMatter: boolean,
  tell: TellMode,
): void {
  const mode = catalogue.modes[state.target];
  if (mode === undefined || isSettled(state)) return;
  if (state.nodes.some((code) => isStopOpen(code) || isStartOpen(code))) return;
  const failed = state.hasErrors || hasCrashed(state, mode);
  const leg = legAfterFailure(state, catalogue, mode);
  if (failed && leg !== null) {
    tell(enter(state, catalogue, leg.mode, leg.work), leg.kind, leg.mode);
    return;
  }
  tell(settle(state, catalogue, failed && errorsMatter), "settle", state.target);
  if (leg !== null && !failed && othersMayFail(catalogue, mode, faults)) {
    tell(enter(state, catalogue, leg.mode, leg.work), `others_${leg.kind}`, leg.mode);
  }
}

function settle(state: ModelState, catalogue: ReducedCatalogue, withErrors: boolean): ModelState {
  const settled = catalogue.settledMatters ? state.target : -1;
  return { ...state, work: withErrors ? SETTLED_WITH_ERRORS : SETTLED, hasErrors: false, settled };
}

/** A wanted node that is not up when everything else has ended is an error (I20). */
function hasCrashed(state: ModelState, mode: ReducedMode): boolean {
  return state.nodes.some((code, index) => mode.wishes[index]?.wanted === true && stateOf(code) !== UP);
}

function othersMayFail(catalogue: ReducedCatalogue, mode: ReducedMode, faults: Faults): boolean {
  if (faults.budget === "none" || !faults.withOthers) return false;
  return faults.budget === "any" ? catalogue.hasOthers : mode.listsOthers;
}

/** Where errors lead (I14); null: nowhere else. */
function legAfterFailure(state: ModelState, catalogue: ReducedCatalogue, mode: ReducedMode): Leg | null {
  if (state.work === FALLBACK) return null;
  if (state.work === ROLLBACK || mode.onFailure === "fallback") return fallback(state, catalogue);
  const canRollBack = state.settled >= 0 && state.settled !== state.target;
  if (mode.onFailure !== "rollback" || !canRollBack) return null;
  return { mode: state.settled, work: ROLLBACK, kind: "roll_back" };
}

function fallback(state: ModelState, catalogue: ReducedCatalogue): Leg | null {
  const { fallbackMode } = catalogue;
  const isElsewhere = fallbackMode >= 0 && fallbackMode !== state.target;
  return isElsewhere ? { mode: fallbackMode, work: FALLBACK, kind: "fall_back" } : null;
}

/** Every request that is admitted, and the fallback from steady state. */
export function requestSteps(
  state: ModelState,
  catalogue: ReducedCatalogue,
  faults: Faults,
  tell: TellMode,
): void {
  for (const [index, mode] of catalogue.modes.entries()) {
    if (!isAdmitted(state, catalogue, index, mode)) continue;
    tell(enter(state, catalogue, index, REQUESTED), "request", index);
  }
  const current = catalogue.modes[state.target];
  if (current === undefined || !mayFallBackNow(state, current, faults)) return;
  const leg = fallback(state, catalogue);
  if (leg !== null) tell(enter(state, catalogue, leg.mode, REQUESTED), "auto_fall_back", leg.mode);
}

/** Some node of a settled mode may be given up, whichever (I20). */
function mayFallBackNow(state: ModelState, current: ReducedMode, faults: Faults): boolean {
  const mayCrash = faults.budget === "any" && faults.withOthers && !current.isEmpty;
  return isSettled(state) && mayCrash && current.onFailure === "fallback";
}

/**
 * Joining (I8), the privilege of urgent modes (I9), and `from`. Queueing, and refusing when busy, only leave requests
 * out: a request may say `preempt` whatever the catalogue says.
 */
function isAdmitted(
  state: ModelState,
  catalogue: ReducedCatalogue,
  index: number,
  mode: ReducedMode,
): boolean {
  if (state.work === REQUESTED && index === state.target) return false;
  if (mode.urgent) return true;
  if (!isSettled(state) && catalogue.modes[state.target]?.urgent === true) return false;
  const { from } = mode;
  if (from === null || index === state.settled) return true;
  const places = isSettled(state) ? [state.settled] : [state.settled, state.target];
  return places.every((place) => place === index || from.has(place));
}
