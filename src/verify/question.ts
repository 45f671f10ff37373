/**
 * The questions that are decided by search: is there a state in which ...? Each is about one or two nodes, so that the
 * model stays small; a property is a set of questions that must all be answered no.
 */
import { SETTLED, SETTLED_WITH_ERRORS } from "./model-state.ts";
import { DOWN, isOccupyingCode, STUCK, stateOf, UP } from "./node-code.ts";

/**
 * together: both nodes hold a process. blocked: the first is refused a start because of the second, though no stop of
 * that has failed. quiet: the node runs in a mode settled without errors. incomplete: without any fault the mode settles
 * with errors, or without the node.
 */
export type QuestionKind = "together" | "blocked" | "quiet" | "incomplete";

/** One question. */
export interface Question {
  readonly kind: QuestionKind;
  /** The nodes it is about, in the order of the kind's description. */
  readonly nodes: readonly string[];
  /** The mode it is about; null: all. */
  readonly mode: string | null;
}

/** What a question is asked of: a state of a model, or of a rehearsal on the whole catalogue. */
export interface Situation {
  readonly work: number;
  /** The target is the question's mode. */
  readonly isInMode: boolean;
  /** By position in the question's nodes. */
  readonly codes: readonly number[];
  readonly oneshots: readonly boolean[];
  /** Whether the first node's start is due: barrier passed, dependencies up. */
  readonly isFirstDue: () => boolean;
}

/** Whether the answer is yes: the property is violated here. */
export const isBad: Readonly<Record<QuestionKind, (situation: Situation) => boolean>> = {
  together: (situation) => occupies(situation, 0) && occupies(situation, 1),
  blocked: (situation) =>
    occupies(situation, 1) &&
    stateOf(situation.codes[1]) !== STUCK &&
    stateOf(situation.codes[0]) === DOWN &&
    situation.isFirstDue(),
  quiet: ({ isInMode, work, codes, oneshots }) =>
    // A oneshot that is done has no process.
    isInMode &&
    work === SETTLED &&
    stateOf(codes[0]) !== DOWN &&
    !(oneshots[0] === true && stateOf(codes[0]) === UP),
  incomplete: ({ isInMode, work, codes }) =>
    isInMode && (work === SETTLED_WITH_ERRORS || (work === SETTLED && stateOf(codes[0]) !== UP)),
};

function occupies({ codes, oneshots }: Situation, index: number): boolean {
  return isOccupyingCode(codes[index] ?? DOWN, oneshots[index] === true);
}
