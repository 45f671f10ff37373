/**
 * The steps of one phase of a plan, counted as they go: whether any is still to begin or to end must not take a look at
 * all of them, for it is asked after every node of a thousand.
 */

/** One step, or one start that is only waited for. */
export interface StepState {
  readonly node: string;
  after: readonly string[];
  readonly state: "todo" | "issued" | "ended";
  failed: boolean;
  /** Not a step of the plan, but waited for: only its failure is told. */
  readonly isOutside: boolean;
}

/** A step before anything has happened. */
export function stepOf(node: string, after: readonly string[], isOutside = false): StepState {
  return { node, after, state: "todo", failed: false, isOutside };
}

/** See the file header. */
export class PhaseSteps {
  readonly #steps: Map<string, StepState>;
  readonly #counts = { todo: 0, issued: 0, ended: 0 };

  constructor(steps: readonly StepState[]) {
    this.#steps = new Map(steps.map((step) => [step.node, step]));
    this.#counts.todo = this.#steps.size;
  }

  get size(): number {
    return this.#steps.size;
  }

  get hasTodo(): boolean {
    return this.#counts.todo > 0;
  }

  get ended(): number {
    return this.#counts.ended;
  }

  get(node: string): StepState | undefined {
    return this.#steps.get(node);
  }

  /** In plan order; steps that are added meanwhile come last. */
  values(): Iterable<StepState> {
    return this.#steps.values();
  }

  /** Adds a step that is issued already; it takes the place of an ended one. */
  addIssued(step: StepState): void {
    const before = this.#steps.get(step.node);
    if (before !== undefined) this.#counts[before.state] -= 1;
    this.#steps.set(step.node, step);
    this.#counts.todo += 1;
    this.move(step, "issued");
  }

  move(step: StepState, state: StepState["state"]): void {
    this.#counts[step.state] -= 1;
    this.#counts[state] += 1;
    (step as { state: StepState["state"] }).state = state;
  }

  areEnded(): boolean {
    return this.#counts.ended === this.#steps.size;
  }

  /** A node that is no step of the phase does not hold it up. */
  hasEnded(node: string): boolean {
    const step = this.#steps.get(node);
    return step === undefined || step.state === "ended";
  }
}
