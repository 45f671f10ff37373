/**
 * Follows a run of the real manager in the verifier's model: all states that the model may be in, given what was seen so
 * far. When none is left, the manager has done what the model cannot do, and `modeshift check` may have called a property
 * safe that is not.
 *
 * The model has fewer states than a node: what a node shows may stand for several of them, and steps that show nothing are
 * taken whenever they fit.
 */
import type { Catalogue } from "../../src/modes/catalogue.ts";
import type { NodeState } from "../../src/modes/observation.ts";
import type { ModelState } from "../../src/verify/model-state.ts";
import * as code from "../../src/verify/node-code.ts";
import type { ProjectedModel } from "../../src/verify/projected-model.ts";
import { modeSteps, unpackStep, type ModelStep, type StepKind } from "../../src/verify/step.ts";
import { wholeModel } from "./whole-model.ts";

/** What the model may have where a supervisor tells a state. */
const meanings: Readonly<Record<NodeState, readonly number[]>> = {
  stopped: [code.DOWN],
  // Asked for, but not spawned yet, or about to be refused: the model's start begins later, or never.
  starting: [code.STARTING, code.RESTARTING, code.DOWN, code.BACKOFF],
  ready: [code.UP],
  done: [code.UP],
  stopping: [code.STOPPING],
  stuck: [code.STUCK],
  backoff: [code.BACKOFF],
};

/**
 * A start that has failed and is being undone is no state of the model: there it is still starting, or has failed already
 * (as that of a node that never came up, that goes to backoff, or that cannot be ended).
 */
const undone: readonly number[] = [
  code.STARTING,
  code.RESTARTING,
  code.DOWN,
  code.BACKOFF,
  code.STUCK,
  code.STOPPING,
];

/** See the file header. */
export class ModelTracker {
  readonly #model: ProjectedModel;
  readonly #observed: NodeState[];
  /** Nodes that are stopping and may count as stuck: they were, or the transition's time is up and nobody waits any more. */
  readonly #givenUp = new Set<number>();
  readonly #undone = new Set<number>();
  #candidates: ReadonlySet<number>;
  /** The kinds of all steps that some candidate has taken. */
  readonly taken = new Set<StepKind>();

  constructor(catalogue: Catalogue) {
    this.#model = wholeModel(catalogue, "any");
    this.#observed = this.#model.catalogue.nodes.map(() => "stopped");
    this.#candidates = this.#withSilentSteps([this.#model.initial()]);
  }

  /** How many states the model may be in; 0: it cannot follow. */
  get size(): number {
    return this.#candidates.size;
  }

  /** The running transition's time is up: what is stopping now goes on, and is an error. */
  giveUpStops(): void {
    for (const [place, state] of this.#observed.entries()) if (state === "stopping") this.#givenUp.add(place);
    this.#candidates = this.#withSilentSteps(this.#candidates);
  }

  /** A node has changed its state. `isAsked`: because somebody asked. */
  node(name: string, state: NodeState, isAsked: boolean): void {
    const place = this.#model.catalogue.nodes.findIndex((node) => node.name === name);
    if (state !== "stopping") this.#undone.delete(place);
    else if (!isAsked) this.#undone.add(place);
    if (state !== "stopping") this.#givenUp.delete(place);
    else if (this.#observed[place] === "stuck") this.#givenUp.add(place);
    this.#observed[place] = state;
    const ofNode = ({ kind, index }: ModelStep): boolean => !modeSteps.has(kind) && index === place;
    // Two steps that only the model tells apart may be one change: failed to stop, and gone all the same.
    const once = this.#after(this.#candidates, ofNode);
    const twice = this.#after(once, ofNode);
    const reached = [...this.#candidates, ...once, ...twice].filter((number) => this.#fits(number));
    this.#candidates = this.#withSilentSteps(reached);
  }

  /** A mode is entered or settled in. `isRight`: what else is known of the state after it. */
  mode(kinds: readonly StepKind[], name: string, isRight: (state: ModelState) => boolean): void {
    const place = this.#model.catalogue.modes.findIndex((mode) => mode.name === name);
    const entered = this.#after(
      this.#candidates,
      ({ kind, index }) => kinds.includes(kind) && index === place,
    );
    this.#candidates = this.#withSilentSteps(
      [...entered].filter((number) => isRight(this.#model.stateAt(number))),
    );
  }

  /** The boot is no step: the model begins with it. */
  boot(isRight: (state: ModelState) => boolean): void {
    this.#candidates = this.#withSilentSteps(
      [this.#model.initial()].filter((number) => isRight(this.#model.stateAt(number))),
    );
  }

  /** Whether a plan's stops and starts are those that the model has to do. */
  isPlanOf(state: ModelState, stops: readonly string[], starts: readonly string[]): boolean {
    return this.#model.catalogue.nodes.every(({ name }, index) => {
      const node = state.nodes[index] ?? code.DOWN;
      const isSameStop = stops.includes(name) === code.isStopOpen(node) || this.#undone.has(index);
      return isSameStop && starts.includes(name) === ((node & code.START_DUE) !== 0);
    });
  }

  #after(numbers: Iterable<number>, isWanted: (step: ModelStep) => boolean): Set<number> {
    const found = new Set<number>();
    for (const number of numbers) {
      this.#model.successors(number, (next, packed) => {
        const step = unpackStep(packed);
        if (!isWanted(step)) return;
        this.taken.add(step.kind);
        found.add(next);
      });
    }
    return found;
  }

  #withSilentSteps(numbers: Iterable<number>): ReadonlySet<number> {
    const all = new Set(numbers);
    // A Set goes on with what is added while it is walked through.
    for (const number of all) {
      for (const next of this.#after([number], ({ kind }) => !modeSteps.has(kind))) {
        if (this.#fits(next)) all.add(next);
      }
    }
    return all;
  }

  #fits(number: number): boolean {
    return this.#model.stateAt(number).nodes.every((node, index) => {
      const state = code.stateOf(node);
      if (this.#undone.has(index)) return undone.includes(state);
      if (state === code.STUCK && this.#givenUp.has(index)) return true;
      return meanings[this.#observed[index] ?? "stopped"].includes(state);
    });
  }
}
