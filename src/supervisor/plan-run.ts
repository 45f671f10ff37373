/**
 * The bookkeeping of one plan being executed: which step may begin, which has ended, when the barrier is passed (I3).
 *
 * Pure data and no promises; executor.ts issues the steps and reports their ends.
 */
import type { NumberedPlan } from "../machines/events.ts";
import { PhaseSteps, stepOf, type StepState } from "./phase-steps.ts";

/** Stop or start of one node. */
export type StepKind = "stop" | "start";

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
  readonly #stops: PhaseSteps;
  readonly #starts: PhaseSteps;
  #barrierPassed = false;

  constructor(plan: NumberedPlan) {
    this.plan = plan;
    this.#stops = new PhaseSteps(plan.stop.map(({ node, after }) => stepOf(node, after)));
    const awaited = plan.awaited.map((node) => stepOf(node, []));
    const starts = plan.start.map(({ node, after }) => stepOf(node, after));
    this.#starts = new PhaseSteps([...awaited, ...starts]);
  }

  /**
   * Stops that may begin: dependents are gone, or nothing has to wait for them: an operation of the node is in flight
   * already (I8), or it has no process.
   *
   * @yields each node as its stop is issued; what is not taken stays to be done
   */
  *dueStops(isAtOnce: (node: string) => boolean): Generator<string> {
    if (!this.#stops.hasTodo) return;
    for (const step of this.#stops.values()) {
      if (step.state !== "todo") continue;
      if (!isAtOnce(step.node) && !step.after.every((node) => this.#stops.hasEnded(node))) continue;
      this.#stops.move(step, "issued");
      yield step.node;
    }
  }

  /** Awaited starts that an older plan began: they are this plan's now, and not bound by the barrier. */
  adopt(isStartInFlight: (node: string) => boolean): void {
    for (const node of this.plan.awaited) {
      const step = this.#starts.get(node);
      if (step !== undefined && isStartInFlight(node)) this.#starts.move(step, "issued");
    }
  }

  /** True once: when every stop has ended and there is something to start. */
  passBarrier(): boolean {
    if (this.#barrierPassed || !this.#stops.areEnded()) return false;
    this.#barrierPassed = true;
    return this.#starts.size > 0;
  }

  /**
   * Starts whose dependencies have all ended their own starts; none before the barrier.
   *
   * @yields each start as it is issued; what is not taken stays to be done
   */
  *dueStarts(dependenciesOf: (node: string) => DependencyState): Generator<DueStart> {
    if (!this.#barrierPassed || !this.#starts.hasTodo) return;
    for (const step of this.#starts.values()) {
      if (step.state !== "todo" || !step.after.every((node) => this.#starts.hasEnded(node))) continue;
      const failed = step.after.find((node) => this.#starts.get(node)?.failed === true);
      const { down, starting } = dependenciesOf(step.node);
      const blockedBy = failed ?? down;
      if (blockedBy === null && starting.length > 0) {
        yield* this.#awaitToo(step, starting);
        continue;
      }
      this.#starts.move(step, "issued");
      yield { node: step.node, blockedBy };
    }
  }

  /** A dependency that was up is being restarted by its policy: the step waits for it, which is no step of the plan. */
  #awaitToo(step: StepState, nodes: readonly string[]): DueStart[] {
    step.after = [...new Set([...step.after, ...nodes])];
    const anew = nodes.filter((node) => this.#starts.hasEnded(node));
    for (const node of anew) this.#starts.addIssued(stepOf(node, [], true));
    return anew.map((node) => ({ node, blockedBy: null }));
  }

  /** Books the end of an operation; true when it was an issued step of this plan that is worth telling. */
  end(kind: StepKind, node: string, failed: boolean): boolean {
    const steps = kind === "stop" ? this.#stops : this.#starts;
    const step = steps.get(node);
    if (step?.state !== "issued") return false;
    steps.move(step, "ended");
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
    for (const step of this.#starts.values()) this.#starts.move(step, "ended");
    for (const step of stops) this.#stops.move(step, "issued");
    for (const { node } of begun) this.#stops.addIssued(stepOf(node, [], true));
    this.#barrierPassed = true;
    return report;
  }

  /** Everything has ended. */
  isDone(): boolean {
    return this.#barrierPassed && this.#stops.areEnded() && this.#starts.areEnded();
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
      done: this.#stops.ended + this.#starts.ended,
      total: steps.length,
      waitingFor: steps.filter((step) => step.state === "issued").map((step) => step.node),
    };
  }
}
