/**
 * What the mode machine does in the verifier's model: settle, roll back, fall back, take requests (I8, I9, I14, I20).
 * The counterpart of machines/admission.ts and machines/settlement.ts, checked against them by the conformance tests.
 */
import { FALLBACK, isSettled, REQUESTED, ROLLBACK, type ModelState } from "./model-state.ts";
import { isStartOpen, isStopOpen, isWanted, stateOf, UP } from "./node-code.ts";
import type { Faults } from "./node-steps.ts";
import type { ReducedCatalogue, ReducedMode } from "./reduced-catalogue.ts";
import type { StepKind } from "./step.ts";

/** A mode that is entered next, for which kind of leg, and the step to it. */
export type TellEntry = (mode: number, work: number, kind: StepKind) => void;

/** Another leg of the running transition. */
interface Leg {
  readonly mode: number;
  readonly work: number;
  readonly kind: "roll_back" | "fall_back";
}

/** The end of a leg, once all its steps have ended: whether it may settle, and with errors; another leg is told. */
export function settlingSteps(
  state: ModelState,
  catalogue: ReducedCatalogue,
  faults: Faults,
  tell: TellEntry,
): { readonly failed: boolean } | null {
  const mode = catalogue.modes[state.target];
  if (mode === undefined || isSettled(state)) return null;
  if (state.nodes.some((code) => isStopOpen(code) || isStartOpen(code))) return null;
  const failed = state.hasErrors || hasCrashed(state, mode);
  const leg = legAfterFailure(state, catalogue, mode);
  if (failed && leg !== null) {
    tell(leg.mode, leg.work, leg.kind);
    return null;
  }
  if (leg !== null && othersMayFail(catalogue, mode, faults)) tell(leg.mode, leg.work, `others_${leg.kind}`);
  return { failed };
}

/** A wanted node that is not up when everything else has ended is an error (I20). */
function hasCrashed(state: ModelState, mode: ReducedMode): boolean {
  return state.nodes.some((code, index) => isWanted(mode.wishes[index] ?? 0) && stateOf(code) !== UP);
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
  tell: TellEntry,
): void {
  for (const [index, mode] of catalogue.modes.entries()) {
    if (isAdmitted(state, catalogue, index, mode)) tell(index, REQUESTED, "request");
  }
  const current = catalogue.modes[state.target];
  if (current === undefined || !mayFallBackNow(state, current, faults)) return;
  const leg = fallback(state, catalogue);
  if (leg !== null) tell(leg.mode, REQUESTED, "auto_fall_back");
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
