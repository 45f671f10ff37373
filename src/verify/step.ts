/**
 * One event of the verifier's model: what happens, and to which node or mode.
 *
 * Steps are what counterexamples are made of: model.ts produces them, replay.ts carries them out on the whole
 * catalogue, trace.ts prints them.
 */

/** Steps of the robot's mode: they carry an index into the model's modes. */
const modeKinds = [
  "boot",
  "request",
  "settle",
  "roll_back",
  "fall_back",
  /** As the two before, because of a node outside the model. */
  "others_roll_back",
  "others_fall_back",
  /** A node of the settled mode is given up, whichever: the mode falls back. */
  "auto_fall_back",
] as const;

/** Steps of a node: they carry an index into the model's nodes. */
const nodeKinds = [
  "stop_begins",
  "stop_ends",
  "stop_fails",
  "start_begins",
  "start_ends",
  "start_fails",
  /** It failed to start, and the rest of it cannot be stopped either. */
  "start_sticks",
  /** Its start never begins: a dependency failed, or the time was up. */
  "skipped",
  /** Its start is refused because a node that it conflicts with runs (I12). */
  "refused",
  "crash",
  /** It crashes and its policy will restart it. */
  "crash_to_backoff",
  "restart_begins",
  "restart_ends",
  "restart_fails",
  "given_up",
  /** A node that could not be stopped has ended at last. */
  "gone",
] as const;

/** Every kind. */
export const stepKinds = [...modeKinds, ...nodeKinds] as const;

/** What happens. */
export type StepKind = (typeof stepKinds)[number];

/** Those of the robot's mode; all others are a node's. */
export const modeSteps: ReadonlySet<StepKind> = new Set(modeKinds);

/** One event. */
export interface ModelStep {
  readonly kind: StepKind;
  /** Of a node or a mode, depending on the kind. */
  readonly index: number;
}

const indexOfKind: ReadonlyMap<StepKind, number> = new Map(stepKinds.map((kind, index) => [kind, index]));
const indexLimit = 4096;

/** A step as a small number, for millions of them. */
export function packStep(kind: StepKind, index: number): number {
  return (indexOfKind.get(kind) ?? 0) * indexLimit + index;
}

/** The step in a number. */
export function unpackStep(packed: number): ModelStep {
  return { kind: stepKinds[Math.floor(packed / indexLimit)] ?? "settle", index: packed % indexLimit };
}
