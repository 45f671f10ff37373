/**
 * What a switch would do, computed here instead of in the manager: for a manager that is reached over Redis, and for
 * none at all. And the list of modes.
 *
 * Pure. The plan and the refusal come from the code that the manager itself decides with (lifecycle/mode-plan.ts).
 */
import type { ManagerState } from "../bus/bus.ts";
import { modePlan, type ModePlan } from "../lifecycle/mode-plan.ts";
import { initialContext, type ModeContext } from "../machines/context.ts";
import type { Catalogue } from "../modes/catalogue.ts";
import type { NodeStatus } from "../modes/observation.ts";
import type { ModeMessage } from "./door/door-messages.ts";

/** The plan into `mode` from a state; null: nothing runs, and nothing is refused. @throws MODE_UNKNOWN */
export function previewPlan(catalogue: Catalogue, state: ManagerState | null, mode: string): ModePlan {
  const context = state === null ? initialContext : contextOf(state);
  const plan = modePlan(catalogue, context, state?.nodes ?? new Map<string, NodeStatus>(), mode);
  return state === null ? { ...plan, refusal: null } : plan;
}

/** As much of the machine's context as a state shows: enough for a request that arrives now and preempts. */
function contextOf(state: ManagerState): ModeContext {
  const isMoving = state.target !== null && state.phase !== "idle" && state.phase !== "standby";
  const request = { requestId: state.request ?? "boot", mode: state.target ?? "" };
  return {
    ...initialContext,
    current: state.mode,
    shuttingDown: state.phase === "shutting_down",
    transition: isMoving
      ? {
          cause: "request",
          request,
          joined: [],
          from: state.mode,
          to: state.target,
          attempt: 1,
          started: [],
          stopped: [],
          errors: [],
          earlierErrors: 0,
        }
      : null,
  };
}

/** The modes as `modeshift modes` lists them. */
export function listModes(catalogue: Catalogue): readonly ModeMessage[] {
  return [...catalogue.modes.values()].map((mode) => ({
    name: mode.name,
    description: mode.description ?? null,
    nodes: mode.nodes,
    from: mode.from ?? null,
    urgent: mode.urgent,
    onFailure: mode.onFailure,
    isDefault: mode.name === catalogue.defaultMode,
    isFallback: mode.name === catalogue.fallbackMode,
  }));
}
