/**
 * One question decided for one catalogue: search a small model, and believe a counterexample only when it is exact.
 *
 * "No" is certain because the model can do whatever the robot can (projected-model.ts). "Yes" is certain when nothing
 * outside the model can stand in the way, or when the steps can be carried out on the whole catalogue (replay.ts). When
 * they cannot, the nodes that stand in the way are added to the model, and the search begins again; when that does not
 * help either, the question is not decided.
 */
import type { Catalogue, FaultBudget, Mode } from "../modes/catalogue.ts";
import { MAX_NODES } from "./node-code.ts";
import { isStartDue, type Faults } from "./node-steps.ts";
import { ProjectedModel } from "./projected-model.ts";
import { isBad, type Question, type QuestionKind } from "./question.ts";
import { Reducer, type ReducedCatalogue } from "./reduced-catalogue.ts";
import type { Rehearsal } from "./rehearsal.ts";
import { obeysFrom } from "./obeys-from.ts";
import { replay } from "./replay.ts";
import { search, type SearchLimits, type SearchResult } from "./search.ts";
import { modeSteps, unpackStep, type StepKind } from "./step.ts";
import type { NamedStep } from "./trace.ts";

/** The answer to a question. */
export type Answer =
  | { readonly kind: "no"; readonly states: number }
  | { readonly kind: "yes"; readonly steps: readonly NamedStep[]; readonly states: number }
  | { readonly kind: "unknown"; readonly reason: string; readonly states: number };

/** Steps that the model offers on behalf of nodes outside it. */
const stepsOfOthers: ReadonlySet<StepKind> = new Set<StepKind>([
  "skipped",
  "others_roll_back",
  "others_fall_back",
  "auto_fall_back",
]);

const doubtful = "A counterexample may exist, but nodes outside the model may prevent it.";

const cancelled = "The verification was cancelled.";

/** Decides questions about one catalogue; equal questions are answered once. */
export class Decider {
  readonly #catalogue: Catalogue;
  readonly #reducer: Reducer;
  readonly #freeReducer: Reducer | null;
  readonly #isSound: boolean;
  readonly #limits: SearchLimits;
  readonly #answered = new Map<string, SearchResult>();
  readonly #needs = new Map<string, ReadonlySet<string>>();

  constructor(catalogue: Catalogue, limits: SearchLimits) {
    this.#catalogue = catalogue;
    this.#reducer = new Reducer(catalogue);
    const hasFrom = [...catalogue.modes.values()].some((mode) => mode.from !== undefined);
    this.#freeReducer = hasFrom ? new Reducer(withoutFrom(catalogue)) : null;
    this.#isSound = isSound(catalogue);
    this.#limits = limits;
  }

  /** Whether some state is bad. `states`: those looked at for this very question. */
  decide(question: Question, budget: FaultBudget): Answer {
    const tally = { states: 0 };
    if (this.#limits.isCancelled()) return { kind: "unknown", reason: cancelled, ...tally };
    const quick = this.#withoutFrom(question, budget, tally);
    if (quick !== null) return quick;
    let nodes = question.nodes;
    for (;;) {
      const reduced = this.#reducer.reduce(nodes, question.mode);
      // With what others may do, to be sure of a "no"; if its counterexample is doubtful, without, for a plain "yes".
      for (const withOthers of [true, false]) {
        const faults = { budget, isSound: this.#isSound, withOthers };
        const result = this.#search(reduced, question, faults, tally);
        if (result.kind === "none" && withOthers) return { kind: "no", ...tally };
        if (result.kind === "none") continue;
        if (result.kind === "limit") {
          return { kind: "unknown", reason: `The search was ended: ${result.reason}.`, ...tally };
        }
        const steps = result.steps.map((packed) => nameStep(packed, reduced));
        if (this.#isCertain(question, nodes, steps)) return { kind: "yes", steps, ...tally };
      }
      const more = this.#withObstacles(nodes);
      if (more.length === nodes.length || more.length > MAX_NODES) {
        return { kind: "unknown", reason: doubtful, ...tally };
      }
      nodes = more;
    }
  }

  /**
   * A first look as if no mode had a `from`: there is more that can happen, but hardly any two modes differ, so that the
   * model is small however large the catalogue is. What cannot happen here cannot happen at all; and a way that every
   * `from` on it allows is a shortest one.
   */
  #withoutFrom(question: Question, budget: FaultBudget, tally: { states: number }): Answer | null {
    if (this.#freeReducer === null) return null;
    const reduced = this.#freeReducer.reduce(question.nodes, question.mode);
    for (const withOthers of [true, false]) {
      const faults = { budget, isSound: this.#isSound, withOthers };
      const result = this.#search(reduced, question, faults, tally, "free");
      if (result.kind === "none" && withOthers) return { kind: "no", ...tally };
      if (result.kind !== "found") return null;
      const steps = result.steps.map((packed) => nameStep(packed, reduced));
      if (this.#isExact(question.nodes, steps) && obeysFrom(this.#catalogue, steps)) {
        return { kind: "yes", steps, ...tally };
      }
    }
    return null;
  }

  #search(
    reduced: ReducedCatalogue,
    question: Question,
    faults: Faults,
    tally: { states: number },
    prefix = "",
  ): SearchResult {
    const key = [prefix, question.kind, faults.budget, faults.withOthers, reduced.signature].join(" ");
    const known = this.#answered.get(key);
    if (known !== undefined) return known;
    const asksErrors = question.kind === "quiet" || question.kind === "incomplete";
    const model = new ProjectedModel(reduced, faults, asksErrors);
    const result = search(model, badStates(model, question.kind), this.#limits);
    this.#answered.set(key, result);
    tally.states += result.states;
    return result;
  }

  /** Nothing outside takes part. */
  #isExact(nodes: readonly string[], steps: readonly NamedStep[]): boolean {
    return !steps.some((step) => stepsOfOthers.has(step.kind)) && this.#obstacles(nodes).length === 0;
  }

  /** Nothing outside takes part, or the whole catalogue has been seen to follow. */
  #isCertain(question: Question, nodes: readonly string[], steps: readonly NamedStep[]): boolean {
    if (this.#isExact(nodes, steps)) return true;
    const rehearsal = replay(this.#catalogue, steps, nodes);
    return rehearsal !== null && isBadIn(rehearsal, question, this.#catalogue);
  }

  /**
   * Dependencies outside that may hold up what needs them: because a node inside conflicts with them, or because they
   * themselves wait for a node inside.
   */
  #obstacles(nodes: readonly string[]): readonly string[] {
    const needed = new Set(nodes.flatMap((node) => [...this.#needsOf(node)]));
    return [...needed].filter((node) => {
      if (nodes.includes(node)) return false;
      const foes = this.#catalogue.nodes.get(node)?.conflicts ?? [];
      return nodes.some((inside) => foes.includes(inside) || this.#needsOf(node).has(inside));
    });
  }

  /** The nodes with the obstacles, and with what lies between. */
  #withObstacles(nodes: readonly string[]): readonly string[] {
    const obstacles = this.#obstacles(nodes);
    const all = new Set(nodes.flatMap((node) => [...this.#needsOf(node)]));
    const between = [...all].filter((node) =>
      obstacles.some((other) => other === node || this.#needsOf(node).has(other)),
    );
    return [...new Set([...nodes, ...between])];
  }

  /** Everything that a node depends on, however far. */
  #needsOf(node: string): ReadonlySet<string> {
    const known = this.#needs.get(node);
    if (known !== undefined) return known;
    const needs = new Set(this.#catalogue.nodes.get(node)?.dependsOn);
    for (const need of needs) {
      for (const other of this.#catalogue.nodes.get(need)?.dependsOn ?? []) needs.add(other);
    }
    this.#needs.set(node, needs);
    return needs;
  }
}

/** Tells the states of a model in which the answer is yes; its first nodes are the question's. */
export function badStates(model: ProjectedModel, kind: QuestionKind): (state: number) => boolean {
  const { catalogue } = model;
  const judge = isBad[kind];
  const oneshots = catalogue.nodes.map((node) => node.oneshot);
  return (number) => {
    const state = model.stateAt(number);
    return judge({
      work: state.work,
      isInMode: state.target === catalogue.subject,
      codes: state.nodes,
      oneshots,
      isFirstDue: () => isStartDue(state, catalogue, 0),
    });
  };
}

function isBadIn(rehearsal: Rehearsal, question: Question, catalogue: Catalogue): boolean {
  const [first = ""] = question.nodes;
  return isBad[question.kind]({
    work: rehearsal.work,
    isInMode: rehearsal.target === question.mode,
    codes: question.nodes.map((node) => rehearsal.code(node)),
    oneshots: question.nodes.map((node) => catalogue.nodes.get(node)?.oneshot ?? false),
    isFirstDue: () => rehearsal.isStartDue(first) && rehearsal.hasItsNeeds(first),
  });
}

/** A step of a model with the name of its node or mode. */
export function nameStep(packed: number, reduced: ReducedCatalogue): NamedStep {
  const { kind, index } = unpackStep(packed);
  const named = modeSteps.has(kind) ? reduced.modes[index] : reduced.nodes[index];
  return { kind, name: named?.name ?? "" };
}

/** The same catalogue, every mode of which may be entered from anywhere; those that may be anyway come first. */
function withoutFrom(catalogue: Catalogue): Catalogue {
  const modes = [...catalogue.modes.values()].toSorted(
    (a, b) => Number(a.from !== undefined) - Number(b.from !== undefined),
  );
  const free = modes.map(({ from: _from, ...mode }): [string, Mode] => [mode.name, mode]);
  return { ...catalogue, modes: new Map(free) };
}

/** Every mode is free of conflicts and has its dependencies, as loading a catalogue makes sure. */
function isSound(catalogue: Catalogue): boolean {
  return [...catalogue.modes.values()].every((mode) => {
    const listed = new Set(mode.nodes);
    return mode.nodes.every((name) => {
      const node = catalogue.nodes.get(name);
      return (
        node !== undefined &&
        node.dependsOn.every((need) => listed.has(need)) &&
        !node.conflicts.some((foe) => listed.has(foe))
      );
    });
  });
}
