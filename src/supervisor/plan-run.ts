/**
 * The bookkeeping of one plan being executed: which step may begin, which has ended, when the barrier is passed (I3).
 *
 * Pure data and no promises; executor.ts issues the steps and reports their ends.
 */
import type { NumberedPlan } from "../machines/events.ts";

/** Stop or start of one node. */
export type StepKind = "stop" | "start";

interface StepState {
  readonly node: string;
  after: readonly string[];
  state: "todo" | "issued" | "ended";
  failed: boolean;
  /** Not a step of the plan, but waited for: only its failure is told. */
  readonly isOutside: boolean;
}

/** What stands in the way of a start: dependencies that are down, or still starting outside the plan. */
export interface DependencyState {
  readonly down: string | null;
  readonly starting: readonly string[];
}

/** A start whose time has come; `blockedBy`: the dependency that failed, so that it must not begin. */
export interface DueStart {
  readonly node: string;
  readonly blockedBy: string | null;
}

/** One plan in execution. */
export class PlanRun {
  readonly plan: NumberedPlan;
  readonly #stops: Map<string, StepState>;
  readonly #starts: Map<string, StepState>;
  #barrierPassed = false;

  constructor(plan: NumberedPlan) {
    this.plan = plan;
    this.#stops = new Map(plan.stop.map(({ node, after }) => [node, todo(node, after)]));
    const awaited = plan.awaited.map((node) => todo(node, []));
    const starts = plan.start.map(({ node, after }) => todo(node, after));
    this.#starts = new Map([...awaited, ...starts].map((step) => [step.node, step]));
  }

  /** Stops that may begin: dependents are gone, or an operation of the node is in flight already (I8). */
  dueStops(isInFlight: (node: string) => boolean): string[] {
    const due = [...this.#stops.values()].filter(
      (step) =>
        step.state === "todo" &&
        (isInFlight(step.node) || step.after.every((node) => hasEnded(this.#stops, node))),
    );
    return due.map(issue);
  }

  /** Awaited starts that an older plan began: they are this plan's now, and not bound by the barrier. */
  adopt(isStartInFlight: (node: string) => boolean): void {
    for (const node of this.plan.awaited) {
      const step = this.#starts.get(node);
      if (step !== undefined && isStartInFlight(node)) issue(step);
    }
  }

  /** True once: when every stop has ended and there is something to start. */
  passBarrier(): boolean {
    if (this.#barrierPassed || !this.#stopsEnded()) return false;
    this.#barrierPassed = true;
    return this.#starts.size > 0;
  }

  /** Starts whose dependencies have all ended their own starts; none before the barrier. */
  dueStarts(dependenciesOf: (node: string) => DependencyState): DueStart[] {
    if (!this.#barrierPassed) return [];
    const due: DueStart[] = [];
    // Steps that are added meanwhile are issued already.
    for (const step of this.#starts.values()) {
      if (step.state !== "todo" || !step.after.every((node) => hasEnded(this.#starts, node))) continue;
      const failed = step.after.find((node) => this.#starts.get(node)?.failed === true);
      const { down, starting } = dependenciesOf(step.node);
      const blockedBy = failed ?? down;
      if (blockedBy === null && starting.length > 0) due.push(...this.#awaitToo(step, starting));
      else due.push({ node: issue(step), blockedBy });
    }
    return due;
  }

  /** A dependency that was up is being restarted by its policy: the step waits for it, which is no step of the plan. */
  #awaitToo(step: StepState, nodes: readonly string[]): DueStart[] {
    step.after = [...new Set([...step.after, ...nodes])];
    const anew = nodes.filter((node) => hasEnded(this.#starts, node));
    for (const node of anew) this.#starts.set(node, { ...todo(node, []), state: "issued", isOutside: true });
    return anew.map((node) => ({ node, blockedBy: null }));
  }

  /** Books the end of an operation; true when it was an issued step of this plan that is worth telling. */
  end(kind: StepKind, node: string, failed: boolean): boolean {
    const step = (kind === "stop" ? this.#stops : this.#starts).get(node);
    if (step?.state !== "issued") return false;
    step.state = "ended";
    step.failed = failed;
    return failed || !step.isOutside;
  }

  /** Ends the plan's time: what has not ended is returned, once per node; from now on only stops are awaited (I11). */
  giveUp(): { readonly node: string; readonly kind: StepKind; readonly inFlight: boolean }[] {
    const stops = [...this.#stops.values()].filter((step) => step.state !== "ended");
    const late = new Set(stops.map((step) => step.node));
    const starts = [...this.#starts.values()].filter(
      (step) => step.state !== "ended" && !late.has(step.node),
    );
    const begun = starts.filter((step) => step.state === "issued");
    const report = [
      ...stops.map(({ node, state }) => ({ node, kind: "stop" as const, inFlight: state === "issued" })),
      ...starts.map(({ node, state }) => ({ node, kind: "start" as const, inFlight: state === "issued" })),
    ];
    for (const step of this.#starts.values()) step.state = "ended";
    for (const step of stops) step.state = "issued";
    for (const { node } of begun) {
      this.#stops.set(node, { ...todo(node, []), state: "issued", isOutside: true });
    }
    this.#barrierPassed = true;
    return report;
  }

  /** Everything has ended. */
  isDone(): boolean {
    return (
      this.#barrierPassed &&
      this.#stopsEnded() &&
      [...this.#starts.values()].every((step) => step.state === "ended")
    );
  }

  /** Counts over the whole plan, and the nodes that it waits for, stops first. */
  counts(): {
    readonly phase: "stopping" | "starting";
    readonly done: number;
    readonly total: number;
    readonly waitingFor: string[];
  } {
    const steps = [...this.#stops.values(), ...this.#starts.values()];
    return {
      phase: this.#barrierPassed ? "starting" : "stopping",
      done: steps.filter((step) => step.state === "ended").length,
      total: steps.length,
      waitingFor: steps.filter((step) => step.state === "issued").map((step) => step.node),
    };
  }

  #stopsEnded(): boolean {
    return [...this.#stops.values()].every((step) => step.state === "ended");
  }
}

function todo(node: string, after: readonly string[]): StepState {
  return { node, after, state: "todo", failed: false, isOutside: false };
}

function issue(step: StepState): string {
  step.state = "issued";
  return step.node;
}

/** A node that is no step of the phase does not hold it up. */
function hasEnded(steps: ReadonlyMap<string, StepState>, node: string): boolean {
  const step = steps.get(node);
  return step === undefined || step.state === "ended";
}
