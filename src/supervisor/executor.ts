/**
 * The executor: carries one plan out after another on a supervisor, and tells the mode machine how it goes.
 *
 * It keeps the table of operations in flight across plans (I8): a new plan adopts what it wants and stops the rest, and
 * nothing is awaited before its own steps begin. It judges nothing: which plan, and what an error leads to, are the
 * machine's. Holds I3 (barrier), I5 (parallel, bounded by `after` only), I6 (best effort), the transition_timeout of
 * I11, and the repeated SIGKILL of I9.
 */
import type { Subscription } from "rxjs";
import type { TimerHandle } from "../clock.ts";
import { codeOf, messageOf } from "../errors.ts";
import type { ExecutorEvent, NumberedPlan } from "../machines/events.ts";
import { isUp, type NodeExit } from "../modes/observation.ts";
import type { NodeError } from "../modes/result.ts";
import { carryOut, type Operation, type OperationContext } from "./operation.ts";
import { PlanRun, type DependencyState, type DueStart, type StepKind } from "./plan-run.ts";
import type { Supervisor } from "./supervisor.ts";

/** Between two SIGKILLs to a node that an urgent mode could not stop. */
const urgentKillIntervalMs = 1_000;

/** So long may steps be issued without a break: a plan of a thousand nodes must not hold up the event loop. */
const longestBurstMs = 2;

/** What an executor works with. `tell` must not throw. */
export interface ExecutorOptions extends OperationContext {
  readonly tell: (event: ExecutorEvent) => void;
  /** Something began or ended: a reason to look at `progress()`. */
  readonly onProgress?: () => void;
}

/** How far the running plan is. */
export interface Progress {
  readonly phase: "stopping" | "starting";
  readonly done: number;
  readonly total: number;
  /** Nodes whose operation is in flight, in plan order. */
  readonly waitingFor: readonly string[];
}

/** See the file header. */
export interface Executor {
  /** Replaces the running plan. */
  execute(plan: NumberedPlan): void;
  /** Null when no plan runs. */
  progress(): Progress | null;
  /** Issues nothing more and drops every timer. Operations in flight are left to the supervisor. */
  close(): void;
}

/** Creates the executor of one manager. */
export function createExecutor(options: ExecutorOptions): Executor {
  return new PlanExecutor(options);
}

class PlanExecutor implements Executor {
  readonly #options: ExecutorOptions;
  readonly #inFlight = new Map<string, Operation>();
  /** These have no process whose end would have to wait; but their policy would restart them meanwhile (I20). */
  readonly #inBackoff = new Set<string>();
  readonly #killTimers = new Map<string, TimerHandle>();
  #run: PlanRun | null = null;
  #timeout: TimerHandle = null;
  /** Set while the event loop has its turn between two bursts of steps. */
  #break: TimerHandle = null;
  /** The last plan was urgent: its failed stops are repeated. */
  #killing = false;
  readonly #news: Subscription;

  constructor(options: ExecutorOptions) {
    this.#options = options;
    this.#news = options.supervisor.events$.subscribe({
      next: ({ node, status: { state } }) => {
        this.#inBackoff.delete(node);
        if (state !== "backoff") return;
        this.#inBackoff.add(node);
        if (this.#run !== null) this.#issueStops(this.#run, options.clock.now());
      },
      // The manager listens too, and reports it: without a handler here it would end the process (I13).
      error: () => undefined,
    });
  }

  execute(plan: NumberedPlan): void {
    const { clock } = this.#options;
    clock.clearTimeout(this.#timeout);
    this.#endBreak();
    this.#killing = plan.urgent;
    // What still has to be killed is among this plan's stops, and may be wanted again after that.
    this.#dropKills();
    const run = new PlanRun(plan);
    this.#run = run;
    this.#forgetEnded();
    run.adopt((node) => this.#inFlight.get(node)?.kind === "start");
    this.#timeout = clock.setTimeout(() => this.#giveUp(run), plan.timeoutMs);
    this.#advance(run);
  }

  progress(): Progress | null {
    return this.#run?.counts() ?? null;
  }

  close(): void {
    this.#news.unsubscribe();
    this.#run = null;
    this.#killing = false;
    this.#options.clock.clearTimeout(this.#timeout);
    this.#endBreak();
    this.#dropKills();
  }

  /** What has ended but not settled its promise yet is not in flight: its end says nothing of a new step (I10). */
  #forgetEnded(): void {
    const running = this.#options.supervisor.running();
    for (const [node, { kind }] of this.#inFlight) {
      const state = running.get(node)?.state;
      if (state !== "stopping" && !(kind === "start" && state === "starting")) this.#inFlight.delete(node);
    }
  }

  #launch(node: string, kind: StepKind, force: boolean): void {
    const operation: Operation = { node, kind, force };
    this.#inFlight.set(node, operation);
    carryOut(this.#options, operation, (fault) => this.#finish(operation, fault));
  }

  #finish(operation: Operation, fault: unknown): void {
    const { node, kind } = operation;
    // A start that was overtaken by a stop of the same node is not this table's any more: its end means nothing.
    if (this.#inFlight.get(node) !== operation) return;
    this.#inFlight.delete(node);
    const run = this.#run;
    if (run === null) return;
    if (fault !== null && kind === "stop") this.#killAgain(node);
    if (run.end(kind, node, fault !== null)) this.#tellEnd(run, operation, fault);
    if (this.#run === run) this.#advance(run);
  }

  #tellEnd(run: PlanRun, { node, kind }: Operation, fault: unknown): void {
    if (fault === null) {
      this.#options.tell({
        type: kind === "stop" ? "node.stopped" : "node.started",
        plan: run.plan.number,
        node,
      });
      return;
    }
    const exit = exitOf(fault);
    const code = codeOf(fault) ?? (kind === "stop" ? "STOP_FAILED" : "START_FAILED");
    this.#blame(run, { node, phase: kind, code, message: messageOf(fault), ...(exit && { exit }) });
  }

  #blame({ plan }: PlanRun, error: NodeError): void {
    this.#options.tell({ type: "node.failed", plan: plan.number, error });
  }

  /**
   * Issues every step whose time has come, and tells the phases' ends. Whoever is told something may ask for another
   * mode at once: then this plan issues nothing more (I8).
   */
  #advance(run: PlanRun): void {
    const since = this.#options.clock.now();
    this.#issueStops(run, since);
    if (this.#run === run && run.passBarrier()) {
      this.#options.tell({ type: "phase.starting", plan: run.plan.number });
    }
    this.#issueStarts(run, since);
    if (this.#run !== run) return;
    this.#options.onProgress?.();
    if (!run.isDone()) return;
    this.#run = null;
    this.#options.clock.clearTimeout(this.#timeout);
    this.#options.tell({ type: "plan.done", plan: run.plan.number, at: this.#options.clock.now() });
  }

  #issueStops(run: PlanRun, since: number): void {
    if (this.#break !== null) return;
    const isAtOnce = (node: string): boolean => this.#inFlight.has(node) || this.#inBackoff.has(node);
    for (const node of run.dueStops(isAtOnce)) {
      if (this.#inFlight.get(node)?.kind !== "stop") this.#launch(node, "stop", false);
      if (this.#run !== run || this.#needsBreak(since)) return;
    }
  }

  #issueStarts(run: PlanRun, since: number): void {
    // Each failure may make dependents due, which fail in turn.
    for (let found = true; found;) {
      found = false;
      if (this.#run !== run || this.#break !== null) return;
      let running: ReturnType<Supervisor["running"]> | undefined;
      const look = (node: string): DependencyState =>
        this.#dependenciesOf(node, (running ??= this.#options.supervisor.running()));
      for (const start of run.dueStarts(look)) {
        found = true;
        this.#issueStart(run, start);
        if (this.#run !== run || this.#needsBreak(since)) return;
      }
    }
  }

  /** Whether the rest has to wait for the event loop's next turn; nothing else holds it up. */
  #needsBreak(since: number): boolean {
    const { clock } = this.#options;
    if (clock.now() - since < longestBurstMs) return false;
    this.#break = clock.setTimeout(() => {
      this.#break = null;
      if (this.#run !== null) this.#advance(this.#run);
    }, 0);
    return true;
  }

  #endBreak(): void {
    this.#options.clock.clearTimeout(this.#break);
    this.#break = null;
  }

  #issueStart(run: PlanRun, { node, blockedBy }: DueStart): void {
    if (blockedBy === null) {
      if (this.#inFlight.get(node)?.kind !== "start") this.#launch(node, "start", false);
      return;
    }
    run.end("start", node, true);
    const message = `${node} was not started: ${blockedBy}, which it depends on, is not up.`;
    this.#blame(run, { node, phase: "start", code: "DEPENDENCY_FAILED", message });
  }

  #dependenciesOf(node: string, running: ReturnType<Supervisor["running"]>): DependencyState {
    // What is on its way already is only awaited: nothing stands in its way any more.
    const isUnderWay = running.get(node)?.state === "starting" || isUp(running.get(node));
    const dependencies = isUnderWay ? [] : (this.#options.nodes.get(node)?.dependsOn ?? []);
    const missing = dependencies.filter((other) => !isUp(running.get(other)));
    const starting = missing.filter((other) => running.get(other)?.state === "starting");
    return { down: missing.find((other) => !starting.includes(other)) ?? null, starting };
  }

  /** The transition took too long (I11): late stops are forced, starts in flight are stopped, the rest is given up. */
  #giveUp(run: PlanRun): void {
    if (this.#run !== run) return;
    const seconds = run.plan.timeoutMs / 1_000;
    const late = run.giveUp();
    for (const { node, kind } of late) {
      const state = kind === "stop" ? "stopped" : "become ready";
      const message = `${node} had not ${state} when the transition's ${seconds} s were over.`;
      this.#blame(run, { node, phase: kind, code: "TRANSITION_TIMEOUT", message });
    }
    for (const { node, kind, inFlight } of late) {
      if (kind === "stop") this.#launch(node, "stop", true);
      else if (inFlight) this.#launch(node, "stop", false);
    }
    this.#advance(run);
  }

  /** Repeats a failed stop of an urgent mode until it works, or a non-urgent plan comes (I9). */
  #killAgain(node: string): void {
    const { clock, supervisor } = this.#options;
    if (!this.#killing) return;
    clock.clearTimeout(this.#killTimers.get(node));
    const kill = (): void => {
      this.#killTimers.delete(node);
      // Gone by itself meanwhile, and perhaps started again since.
      const state = supervisor.running().get(node)?.state;
      if (state !== "stuck" && state !== "stopping") return;
      carryOut(this.#options, { node, kind: "stop", force: true }, (fault) => {
        if (fault !== null) this.#killAgain(node);
      });
    };
    this.#killTimers.set(node, clock.setTimeout(kill, urgentKillIntervalMs));
  }

  #dropKills(): void {
    for (const timer of this.#killTimers.values()) this.#options.clock.clearTimeout(timer);
    this.#killTimers.clear();
  }
}

function exitOf(fault: unknown): NodeExit | undefined {
  if (typeof fault !== "object" || fault === null || !("exit" in fault)) return undefined;
  return fault.exit === undefined ? undefined : (fault.exit as NodeExit);
}
