/** Carries a counterexample out on the whole catalogue, step by step (rehearsal.ts). */
import type { Catalogue } from "../modes/catalogue.ts";
import { REQUESTED } from "./model-state.ts";
import {
  BACKOFF,
  DOWN,
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
import { Rehearsal } from "./rehearsal.ts";
import type { StepKind } from "./step.ts";
import type { NamedStep } from "./trace.ts";

/**
 * The situation after the steps; null when the whole catalogue cannot follow them, because something outside the model
 * stands in the way.
 */
export function replay(
  catalogue: Catalogue,
  steps: readonly NamedStep[],
  modelNodes: readonly string[],
): Rehearsal | null {
  const rehearsal = new Rehearsal(catalogue);
  const isOutside = (node: string): boolean => !modelNodes.includes(node);
  for (const step of steps) {
    while (!attempt(rehearsal, catalogue, step, isOutside)) {
      if (!rehearsal.advance(isOutside)) return null;
    }
  }
  return rehearsal;
}

type Attempt = (
  rehearsal: Rehearsal,
  name: string,
  catalogue: Catalogue,
  isOutside: (node: string) => boolean,
) => boolean;

function attempt(
  rehearsal: Rehearsal,
  catalogue: Catalogue,
  step: NamedStep,
  isOutside: (node: string) => boolean,
): boolean {
  return attempts[step.kind](rehearsal, step.name, catalogue, isOutside);
}

/** From one of some states to another, whatever the plan's marks. */
function change(from: readonly number[], to: number, isError = false): Attempt {
  return (rehearsal, name) => {
    const code = rehearsal.code(name);
    if (!from.includes(stateOf(code))) return false;
    // A start that is about to be stopped belongs to no plan any more: its failure is nobody's error.
    rehearsal.set(name, to | (code & ~STATE), isError && (code & STOP_DUE) === 0);
    return true;
  };
}

const enterBy =
  (isAllowed: (rehearsal: Rehearsal, name: string, catalogue: Catalogue) => boolean): Attempt =>
  (rehearsal, name, catalogue) => {
    const mode = catalogue.modes.get(name);
    if (mode === undefined || !isAllowed(rehearsal, name, catalogue)) return false;
    rehearsal.enter(mode, REQUESTED);
    return true;
  };

const endIn: Attempt = (rehearsal, name) => rehearsal.end(name);

/** Another node has to fail: one whose start is due does. */
const endByOthers: Attempt = (rehearsal, name, catalogue, isOutside) => {
  if (rehearsal.hasErrors) return rehearsal.end(name);
  const victim = [...catalogue.nodes.keys()].find((node) => isOutside(node) && rehearsal.isStartDue(node));
  if (victim === undefined) return false;
  rehearsal.set(victim, stateOf(rehearsal.code(victim)), true);
  return rehearsal.end(name);
};

const stopBegins: Attempt = (rehearsal, name) => {
  if (!rehearsal.isStopDue(name) || !rehearsal.isOccupying(name)) return false;
  rehearsal.set(name, STOPPING | (rehearsal.code(name) & START_DUE));
  return true;
};

const stopEnds: Attempt = (rehearsal, name) => {
  const code = rehearsal.code(name);
  const isGoneAtOnce = rehearsal.isStopDue(name) && !rehearsal.isOccupying(name);
  if (stateOf(code) !== STOPPING && !isGoneAtOnce) return false;
  rehearsal.set(name, DOWN | (code & START_DUE));
  return true;
};

const startBegins: Attempt = (rehearsal, name) => {
  const state = stateOf(rehearsal.code(name));
  if (!rehearsal.isStartDue(name) || !rehearsal.hasItsNeeds(name)) return false;
  if (state === UP || state === STUCK || (state !== RESTARTING && rehearsal.isBlocked(name))) return false;
  rehearsal.set(name, STARTING);
  return true;
};

/** A start of a node that is up by now, or stuck, ends where it begins. */
const startIsShort =
  (state: number, isError: boolean, otherwise: Attempt): Attempt =>
  (rehearsal, name, catalogue, isOutside) => {
    const isHere =
      stateOf(rehearsal.code(name)) === state && rehearsal.isStartDue(name) && rehearsal.hasItsNeeds(name);
    if (!isHere) return otherwise(rehearsal, name, catalogue, isOutside);
    rehearsal.set(name, state, isError);
    return true;
  };

/** Only for want of a dependency: that the time is up would end other starts too. */
const skip: Attempt = (rehearsal, name) => {
  if (!rehearsal.isStartDue(name) || rehearsal.hasItsNeeds(name)) return false;
  rehearsal.set(name, stateOf(rehearsal.code(name)), true);
  return true;
};

const refuse: Attempt = (rehearsal, name) => {
  if (!rehearsal.isStartDue(name) || !rehearsal.hasItsNeeds(name) || !rehearsal.isBlocked(name)) return false;
  rehearsal.set(name, stateOf(rehearsal.code(name)), true);
  return true;
};

const restart: Attempt = (rehearsal, name, catalogue, isOutside) =>
  (rehearsal.code(name) & STOP_DUE) === 0 &&
  !rehearsal.isBlocked(name) &&
  change([BACKOFF], RESTARTING)(rehearsal, name, catalogue, isOutside);

/** Some node of the settled mode is given up for good: one that is up crashes. */
const isGivenUpIn = (rehearsal: Rehearsal, catalogue: Catalogue): boolean => {
  const mode = catalogue.modes.get(rehearsal.target ?? "");
  if (rehearsal.work >= REQUESTED || mode?.onFailure !== "fallback") return false;
  const victim = mode.nodes.find(
    (node) => stateOf(rehearsal.code(node)) === UP && !catalogue.nodes.get(node)?.oneshot,
  );
  if (victim === undefined) return false;
  rehearsal.set(victim, DOWN);
  return true;
};

const attempts: Readonly<Record<StepKind, Attempt>> = {
  boot: enterBy((_, name, catalogue) => name === catalogue.defaultMode),
  request: enterBy((rehearsal, name, catalogue) => {
    const mode = catalogue.modes.get(name);
    return mode !== undefined && rehearsal.admits(mode);
  }),
  stop_begins: stopBegins,
  stop_ends: stopEnds,
  stop_fails: change([STOPPING], STUCK, true),
  start_begins: startBegins,
  start_ends: startIsShort(UP, false, change([STARTING], UP)),
  start_fails: startIsShort(STUCK, true, change([STARTING], DOWN, true)),
  start_sticks: change([STARTING, RESTARTING], STUCK, true),
  skipped: skip,
  refused: refuse,
  crash: change([UP], DOWN),
  crash_to_backoff: change([UP], BACKOFF),
  restart_begins: restart,
  restart_ends: change([RESTARTING], UP),
  restart_fails: change([RESTARTING], BACKOFF),
  given_up: change([BACKOFF], DOWN),
  gone: change([STUCK], DOWN),
  settle: (rehearsal) => rehearsal.end(null),
  roll_back: endIn,
  fall_back: endIn,
  others_roll_back: endByOthers,
  others_fall_back: endByOthers,
  auto_fall_back: enterBy((rehearsal, _, catalogue) => isGivenUpIn(rehearsal, catalogue)),
};
