/**
 * The executor: carries one plan out after another on a supervisor, and tells the mode machine how it goes.
 *
 * It keeps the table of operations in flight across plans (I8): a new plan adopts what it wants and stops the rest, and
 * nothing is awaited before its own steps begin. It judges nothing: which plan, and what an error leads to, are the
 * machine's. Holds I3 (barrier), I5 (parallel, bounded by `after` only), I6 (best effort), the transition_timeout of
 * I11, and the repeated SIGKILL of I9.
 */
import type { Clock, TimerHandle } from "../clock.ts";
import { codeOf, messageOf } from "../errors.ts";
import type { ExecutorEvent, NumberedPlan } from "../machines/events.ts";
import type { NodeSpec } from "../modes/catalogue.ts";
import { isUp, type NodeExit } from "../modes/observation.ts";
import type { NodeError, NodePhase } from "../modes/result.ts";
import { PlanRun, type DependencyState, type StepKind } from "./plan-run.ts";
import type { Supervisor } from "./supervisor.ts";

/** Between two SIGKILLs to a node that an urgent mode could not stop. */
const urgentKillIntervalMs = 1_000;

/** What an executor works with. `tell` must not throw. */
export interface ExecutorOptions {
  readonly supervisor: Supervisor;
  readonly clock: Clock;
  readonly nodes: ReadonlyMap<string, NodeSpec>;
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

interface Operation {
  readonly node: string;
  readonly kind: StepKind;
}

/** Creates the executor of one manager. */
export function createExecutor({ supervisor, clock, nodes, tell, onProgress }: ExecutorOptions): Executor {
  const inFlight = new Map<string, Operation>();
  const killTimers = new Map<string, TimerHandle>();
  let run: PlanRun | null = null;
  let timeout: TimerHandle = null;

  function launch(node: string, kind: StepKind, force: boolean): void {
    const operation: Operation = { node, kind };
    inFlight.set(node, operation);
    const ended = kind === "stop" ? supervisor.stop(node, stopWait(node, force)) : supervisor.start(node);
    ended.then(
      () => finish(operation, null),
      (error: unknown) => finish(operation, error ?? new Error("no reason given")),
    );
  }

  function stopWait(node: string, force: boolean): { force: boolean; deadline: number } {
    const spec = nodes.get(node);
    return { force, deadline: clock.now() + (spec?.stopTimeoutMs ?? 0) + (spec?.killTimeoutMs ?? 0) + 1_000 };
  }

  function finish(operation: Operation, fault: unknown): void {
    const { node, kind } = operation;
    // A start that was overtaken by a stop of the same node is not this table's any more: its end means nothing.
    if (inFlight.get(node) !== operation) return;
    inFlight.delete(node);
    const current = run;
    if (current === null) return;
    if (fault !== null && kind === "stop" && current.plan.urgent) killAgain(node);
    if (current.end(kind, node, fault !== null)) {
      if (fault !== null)
        blame(current, node, kind, codeOf(fault) ?? fallbackCode(kind), messageOf(fault), exitOf(fault));
      else tell({ type: kind === "stop" ? "node.stopped" : "node.started", plan: current.plan.number, node });
    }
    advance();
  }

  function blame(
    { plan }: PlanRun,
    node: string,
    phase: NodePhase,
    code: string,
    message: string,
    exit?: NodeExit,
  ): void {
    const error: NodeError = { node, phase, code, message, ...(exit === undefined ? {} : { exit }) };
    tell({ type: "node.failed", plan: plan.number, error });
  }

  /** Issues every step whose time has come; tells the phases' ends. */
  function advance(): void {
    const current = run;
    if (current === null) return;
    for (const node of current.dueStops((other) => inFlight.has(other)))
      if (run === current && inFlight.get(node)?.kind !== "stop") launch(node, "stop", false);
    if (run === current && current.passBarrier()) tell({ type: "phase.starting", plan: current.plan.number });
    for (let due = current.dueStarts(dependenciesOf); due.length > 0; due = current.dueStarts(dependenciesOf))
      for (const { node, blockedBy } of due) if (run === current) begin(current, node, blockedBy);
    // Whoever is told something may have asked for another mode at once: then this plan issues nothing more (I8).
    if (run !== current) return;
    onProgress?.();
    if (!current.isDone()) return;
    run = null;
    clock.clearTimeout(timeout);
    tell({ type: "plan.done", plan: current.plan.number, at: clock.now() });
  }

  function begin(current: PlanRun, node: string, blockedBy: string | null): void {
    if (blockedBy === null) {
      if (inFlight.get(node)?.kind !== "start") launch(node, "start", false);
      return;
    }
    current.end("start", node, true);
    blame(
      current,
      node,
      "start",
      "DEPENDENCY_FAILED",
      `${node} was not started: ${blockedBy}, which it depends on, is not up.`,
    );
  }

  function dependenciesOf(node: string): DependencyState {
    const running = supervisor.running();
    const missing = (nodes.get(node)?.dependsOn ?? []).filter((other) => !isUp(running.get(other)));
    const starting = missing.filter((other) => running.get(other)?.state === "starting");
    return { down: missing.find((other) => !starting.includes(other)) ?? null, starting };
  }

  /** The transition took too long (I11): late stops are forced, starts in flight are stopped, the rest is given up. */
  function overdue(): void {
    const current = run;
    if (current === null) return;
    const seconds = current.plan.timeoutMs / 1_000;
    const late = current.giveUp();
    for (const { node, kind } of late) {
      const state = kind === "stop" ? "stopped" : "become ready";
      blame(
        current,
        node,
        kind,
        "TRANSITION_TIMEOUT",
        `${node} had not ${state} when the transition's ${seconds} s were over.`,
      );
    }
    for (const { node, kind, inFlight: begun } of late) {
      if (kind === "stop") launch(node, "stop", true);
      else if (begun) launch(node, "stop", false);
    }
    advance();
  }

  function killAgain(node: string): void {
    clock.clearTimeout(killTimers.get(node));
    killTimers.set(
      node,
      clock.setTimeout(() => {
        killTimers.delete(node);
        supervisor.stop(node, stopWait(node, true)).catch(() => killAgain(node));
      }, urgentKillIntervalMs),
    );
  }

  function dropKills(): void {
    for (const timer of killTimers.values()) clock.clearTimeout(timer);
    killTimers.clear();
  }

  return {
    execute(plan) {
      clock.clearTimeout(timeout);
      if (!plan.urgent) dropKills();
      run = new PlanRun(plan);
      run.adopt((node) => inFlight.get(node)?.kind === "start");
      timeout = clock.setTimeout(overdue, plan.timeoutMs);
      advance();
    },
    progress() {
      if (run === null) return null;
      return run.counts();
    },
    close() {
      run = null;
      clock.clearTimeout(timeout);
      dropKills();
    },
  };
}

function fallbackCode(kind: StepKind): string {
  return kind === "stop" ? "STOP_FAILED" : "START_FAILED";
}

function exitOf(fault: unknown): NodeExit | undefined {
  if (typeof fault !== "object" || fault === null || !("exit" in fault)) return undefined;
  return fault.exit === undefined ? undefined : (fault.exit as NodeExit);
}
