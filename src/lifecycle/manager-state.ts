/**
 * The manager's state as others see it, derived from the machine's snapshot and the supervisor's observation.
 *
 * Pure functions; nothing here is stored, so nothing can disagree with the truth (I1).
 */
import type { SnapshotFrom } from "xstate";
import type { BusHealth, ManagerState } from "../bus/bus.ts";
import type { Phase } from "../bus/event.ts";
import type { ManagerToMachineEvent } from "../machines/events.ts";
import type { createModeMachine } from "../machines/mode-machine.ts";
import { isUrgentMode, type Catalogue } from "../modes/catalogue.ts";
import type { Health } from "../modes/health.ts";
import type { NodeStatus, ObservedNode } from "../modes/observation.ts";
import type { PlaceRecord } from "../supervisor/supervisor.ts";

/** A snapshot of the mode machine. */
export type ModeSnapshot = SnapshotFrom<ReturnType<typeof createModeMachine>>;

/** Where a manager is in its own life. */
export type Stage = "new" | "standby" | "running" | "closed";

/** The phase to show when no transition runs. */
const idlePhases = { new: "booting", standby: "standby", running: "idle", closed: "shutting_down" } as const;

/** What a snapshot alone does not say. */
export interface Surroundings {
  readonly namespace: string;
  readonly holder: string;
  readonly epoch: number;
  readonly stage: Stage;
  readonly health: Health;
  readonly bus: BusHealth;
  readonly waitingFor: readonly string[];
  readonly nodes: ReadonlyMap<string, NodeStatus>;
}

/** The whole current state. */
export function managerState({ context, value }: ModeSnapshot, around: Surroundings): ManagerState {
  const { namespace, holder, epoch, health, bus, waitingFor, nodes } = around;
  const { transition } = context;
  return {
    namespace,
    mode: context.current,
    target: transition === null ? context.current : transition.to,
    phase: phaseOf(value.work, transition?.cause === "boot", idlePhases[around.stage]),
    health,
    request: transition?.request.requestId ?? null,
    waiting: context.waiting.map((request) => request.requestId),
    waitingFor,
    epoch,
    holder,
    bus,
    nodes,
  };
}

function phaseOf(work: ModeSnapshot["value"]["work"], booting: boolean, idle: Phase): Phase {
  switch (work) {
    case "idle":
    case "degraded":
      return idle;
    case "stopping":
    case "starting":
      return booting ? "booting" : work;
    case "rolling back":
      return "rolling_back";
    case "falling back":
      return "falling_back";
    case "shutting down":
    case "stopped":
      return "shutting_down";
  }
}

/** What is kept across a crash (I18). `urgent`: the place a crashed manager's successor must go back to. */
export function placeOf(catalogue: Catalogue, { context }: ModeSnapshot): PlaceRecord {
  const { transition, current } = context;
  const target = transition === null ? current : transition.to;
  const request = transition?.cause === "request" ? transition.request : null;
  return {
    settled: current,
    target,
    request: request === null ? null : { id: request.requestId, mode: request.mode },
    urgent: isUrgentMode(catalogue, target),
  };
}

/** The mode to boot into: after an unclean end in or on the way to an urgent mode, that mode; else the default (I18). */
export function bootMode(catalogue: Catalogue, interrupted: PlaceRecord | null): string {
  const places = [interrupted?.target, interrupted?.settled];
  const urgent = places.find((place) => isUrgentMode(catalogue, place ?? null));
  return urgent ?? catalogue.defaultMode;
}

/** What the machine is told of a node: nothing that it does not decide by. */
export function observation(
  node: string,
  { state, generation, gaveUp, exit }: NodeStatus,
): ManagerToMachineEvent {
  const observed: ObservedNode = {
    state,
    generation,
    ...(gaveUp === undefined ? {} : { gaveUp }),
    ...(exit === undefined ? {} : { exit: { code: exit.code, signal: exit.signal } }),
  };
  return { type: "node.observed", node, observed };
}
