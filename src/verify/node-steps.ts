/**
 * What the executor and the supervisor do with the nodes of the verifier's model: begin and end the running plan's
 * stops and starts (I3, I5, I8, I12). What nodes do by themselves is node-faults.ts's.
 */
import type { FaultBudget } from "../modes/catalogue.ts";
import type { ModelState } from "./model-state.ts";
import {
  BACKOFF,
  DOWN,
  isOccupyingCode,
  isStartOpen,
  isStopOpen,
  RESTARTING,
  START_DUE,
  STARTING,
  STATE,
  stateOf,
  STOP_DUE,
  STOPPING,
  STUCK,
  UP,
} from "./node-code.ts";
import type { ReducedCatalogue } from "./reduced-catalogue.ts";
import type { StepKind } from "./step.ts";

/** A node's next code and the step to it; `isError`: the running leg has an error then. */
export type TellNode = (index: number, code: number, kind: StepKind, isError: boolean) => void;

/** What may go wrong. */
export interface Faults {
  readonly budget: FaultBudget;
  /** Every mode is free of conflicts and has its dependencies, so that without faults nothing outside fails. */
  readonly isSound: boolean;
  /** Offer what nodes outside the model, or the end of the time, may do to those inside. */
  readonly withOthers: boolean;
}

/** Every step that the running plan may take. */
export function planSteps(
  state: ModelState,
  catalogue: ReducedCatalogue,
  faults: Faults,
  tell: TellNode,
): void {
  for (const [index, code] of state.nodes.entries()) {
    if (stateOf(code) === STOPPING) stopEnds(index, code, faults, tell);
    else if (isStopDue(state, catalogue, index)) stopBegins(index, code, catalogue, tell);
    if (stateOf(code) === STARTING) startEnds(index, code, faults, tell);
    if (isStartDue(state, catalogue, index)) startBegins(state, catalogue, index, faults, tell);
  }
}

/** Whether the node has a process that may hold a device. */
export function isOccupying(state: ModelState, catalogue: ReducedCatalogue, index: number): boolean {
  return isOccupyingCode(state.nodes[index] ?? DOWN, catalogue.nodes[index]?.oneshot ?? false);
}

/** Dependents go first, but a start in flight is cut short, and a backoff ended, at once (I5, I8, I20). */
function isStopDue(state: ModelState, catalogue: ReducedCatalogue, index: number): boolean {
  const code = state.nodes[index] ?? DOWN;
  if ((code & STOP_DUE) === 0) return false;
  if (stateOf(code) === STARTING || stateOf(code) === BACKOFF) return true;
  return catalogue.nodes.every(
    (node, other) => !node.needs.includes(index) || !isStopOpen(state.nodes[other] ?? DOWN),
  );
}

/** A process has to be ended; a done oneshot, a node in backoff or one that has crashed is gone at once. */
function stopBegins(index: number, code: number, catalogue: ReducedCatalogue, tell: TellNode): void {
  const kept = code & START_DUE;
  const hasProcess = isOccupyingCode(code, catalogue.nodes[index]?.oneshot ?? false);
  if (hasProcess) tell(index, STOPPING | kept, "stop_begins", false);
  else tell(index, DOWN | kept, "stop_ends", false);
}

function stopEnds(index: number, code: number, faults: Faults, tell: TellNode): void {
  const kept = code & START_DUE;
  tell(index, DOWN | kept, "stop_ends", false);
  if (faults.budget === "any") tell(index, STUCK | kept, "stop_fails", true);
}

/** The barrier is passed, and everything it depends on has ended its own start (I3, I5). */
export function isStartDue(state: ModelState, catalogue: ReducedCatalogue, index: number): boolean {
  const code = state.nodes[index] ?? DOWN;
  if ((code & START_DUE) === 0 || state.nodes.some(isStopOpen)) return false;
  const needs = catalogue.nodes[index]?.needs ?? [];
  return needs.every((other) => {
    const need = state.nodes[other] ?? DOWN;
    return !isStartOpen(need) && stateOf(need) !== RESTARTING;
  });
}

function startEnds(index: number, code: number, faults: Faults, tell: TellNode): void {
  const marks = code & ~STATE;
  // A start that is about to be stopped belongs to no plan any more: its failure is nobody's error.
  const isError = (code & STOP_DUE) === 0;
  tell(index, UP | marks, "start_ends", false);
  if (faults.budget === "none") return;
  tell(index, DOWN | marks, "start_fails", isError);
  if (faults.budget === "any") tell(index, STUCK | marks, "start_sticks", isError);
}

function startBegins(
  state: ModelState,
  catalogue: ReducedCatalogue,
  index: number,
  faults: Faults,
  tell: TellNode,
): void {
  const node = catalogue.nodes[index];
  if (node === undefined) return;
  const own = stateOf(state.nodes[index]);
  const lacks = node.needs.some((other) => stateOf(state.nodes[other]) !== UP);
  if (lacks || mayBeSkipped(node.hasOthers, faults)) tell(index, own, "skipped", true);
  if (lacks) return;
  const isRefused =
    own !== UP && own !== STUCK && node.foes.some((foe) => isOccupying(state, catalogue, foe));
  // A start by the policy that is under way holds the device already: the plan's start joins it.
  if (isRefused && own !== RESTARTING) tell(index, own, "refused", true);
  else if (own === STUCK) tell(index, STUCK, "start_fails", true);
  else if (own === UP) tell(index, UP, "start_ends", false);
  else tell(index, STARTING, "start_begins", false);
}

/** Because of a node outside the model, or because the time is up. */
function mayBeSkipped(hasOthers: boolean, faults: Faults): boolean {
  if (!faults.withOthers) return false;
  if (faults.budget === "any") return true;
  return hasOthers && (faults.budget === "starts" || !faults.isSound);
}
