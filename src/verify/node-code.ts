/**
 * The state of one node in the verifier's model, packed into five bits, and what a plan makes of it.
 *
 * States follow I2, with policy restarts kept apart from starts that a plan awaits. Two marks say which of the running
 * plan's steps for the node have not begun yet.
 */

/** Not there. */
export const DOWN = 0;
/** A start that a plan issued or awaits. */
export const STARTING = 1;
/** Ready; for a oneshot: done. */
export const UP = 2;
export const STOPPING = 3;
/** Its stop failed: it still runs, and no policy restarts it. */
export const STUCK = 4;
export const BACKOFF = 5;
/** A start by the restart policy, which no plan awaits. */
export const RESTARTING = 6;

/** The bits of the state. */
export const STATE = 7;
/** Mark: the plan's stop of this node has not begun. */
export const STOP_DUE = 8;
/** Mark: the plan's start of this node has not begun. */
export const START_DUE = 16;

/** Bits per node. */
export const NODE_BITS = 5;
/** As many nodes as fit 30 bits. */
export const MAX_NODES = 6;

/** The state in a code. */
export function stateOf(code: number | undefined): number {
  return (code ?? DOWN) & STATE;
}

/** What a mode wants of a node. */
export interface Wish {
  readonly wanted: boolean;
  /** In its restart_nodes. */
  readonly restarted: boolean;
  /** In its stop_nodes: only in catalogues that were never validated can it be wanted as well. */
  readonly stopped: boolean;
}

/** How many different wishes there are. */
export const WISHES = 8;
const WANTED = 1;
const RESTARTED = 2;
const STOPPED = 4;

/** A wish as a number below {@link WISHES}. */
export function wishCode({ wanted, restarted, stopped }: Wish): number {
  return markIf(WANTED, wanted) | markIf(RESTARTED, restarted) | markIf(STOPPED, stopped);
}

/** Whether the wish in a number is for the node. */
export function isWanted(wish: number): boolean {
  return (wish & WANTED) !== 0;
}

/** Whether it is in the mode's restart_nodes. */
export function isRestarted(wish: number): boolean {
  return (wish & RESTARTED) !== 0;
}

/** The rule of I2 for one node: its state with the marks of a new plan. `entering` as in planTransition. */
function planNode(code: number, wish: Wish, entering: boolean): number {
  const state = code & STATE;
  const isDoomed = wish.stopped || (entering && wish.restarted) || state === STOPPING || state === STUCK;
  const stops = state !== DOWN && (!wish.wanted || isDoomed);
  const starts = wish.wanted && (stops || state === DOWN || state === BACKOFF);
  return (
    stateInPlan(state, stops) | markIf(STOP_DUE, stops && state !== STOPPING) | markIf(START_DUE, starts)
  );
}

const codes = 2 ** NODE_BITS;
const plans = Uint8Array.from({ length: 2 * WISHES * codes }, (_, key) => {
  const wish = Math.floor(key / codes) % WISHES;
  const [wanted, restarted, stopped] = [isWanted(wish), isRestarted(wish), (wish & STOPPED) !== 0];
  return planNode(key % codes, { wanted, restarted, stopped }, key >= WISHES * codes);
});

/** The rule of I2 for one node, by a look at a table: it is asked for every mode in every state. `wish`: {@link wishCode}. */
export function plannedCode(code: number, wish: number, entering: boolean): number {
  return plans[((entering ? WISHES : 0) + wish) * codes + code] ?? DOWN;
}

/** A restart that the plan keeps is awaited from now on; a stop in flight is joined, not begun again (I8). */
function stateInPlan(state: number, stops: boolean): number {
  return state === RESTARTING && !stops ? STARTING : state;
}

function markIf(mark: number, isSet: boolean): number {
  return isSet ? mark : 0;
}

/** Whether the node's process may hold a device (I12). */
export function isOccupyingCode(code: number, oneshot: boolean): boolean {
  const state = code & STATE;
  if (state === UP) return !oneshot;
  return state !== DOWN && state !== BACKOFF;
}

/** Whether the plan's stop of the node has still to end. */
export function isStopOpen(code: number): boolean {
  return (code & STOP_DUE) !== 0 || (code & STATE) === STOPPING;
}

/** Whether a start of the node has still to end: the plan's own, or one that it awaits. */
export function isStartOpen(code: number): boolean {
  return (code & START_DUE) !== 0 || (code & STATE) === STARTING;
}
