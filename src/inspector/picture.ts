/**
 * A manager as the page sees it: plain data, names as values and never as keys (I13).
 *
 * Nothing here may be secret: of a node neither command nor environment is shown.
 */
import type { ManagerState } from "../bus/bus.ts";
import type { Readiness } from "../modes/catalogue.ts";
import type { NodeStatus } from "../modes/observation.ts";
import type { SupervisorCapabilities } from "../supervisor/supervisor.ts";
import type { Inspected } from "./inspected.ts";

/** A mode as the page shows it. */
export interface ModePicture {
  readonly name: string;
  readonly description: string | null;
  readonly nodes: readonly string[];
  /** Null: from any mode. */
  readonly from: readonly string[] | null;
  readonly urgent: boolean;
  readonly onFailure: string;
  readonly isDefault: boolean;
  readonly isFallback: boolean;
}

/** A node as the page shows it. */
export interface NodePicture {
  readonly name: string;
  readonly dependsOn: readonly string[];
  readonly conflicts: readonly string[];
  readonly oneshot: boolean;
  /** When it counts as ready, for people. */
  readonly ready: string;
  /** How long it may take to stop before it is killed, ms. */
  readonly stopTimeoutMs: number;
}

/** What does not change while the manager lives. */
export interface Picture {
  readonly namespace: string;
  readonly modes: readonly ModePicture[];
  readonly nodes: readonly NodePicture[];
  readonly supervisor: SupervisorCapabilities;
}

/** The whole state but the nodes, which events keep up to date. `work`: the machine's state in its region of that name. */
export type StatePicture = Omit<ManagerState, "nodes"> & { readonly work: string };

/** One node as it is now. */
export type NodeNow = NodeStatus & { readonly node: string };

/** The catalogue and the supervisor of a manager. */
export function pictureOf({ catalogue, capabilities }: Inspected): Picture {
  const { defaultMode, fallbackMode } = catalogue;
  return {
    namespace: catalogue.namespace,
    modes: [...catalogue.modes.values()].map((mode) => ({
      name: mode.name,
      description: mode.description ?? null,
      nodes: mode.nodes,
      from: mode.from ?? null,
      urgent: mode.urgent,
      onFailure: mode.onFailure,
      isDefault: mode.name === defaultMode,
      isFallback: mode.name === fallbackMode,
    })),
    nodes: [...catalogue.nodes.values()].map(
      ({ name, dependsOn, conflicts, oneshot, ready, stopTimeoutMs }) => ({
        name,
        dependsOn,
        conflicts,
        oneshot,
        ready: oneshot ? "when it has ended well" : readinessText(ready),
        stopTimeoutMs,
      }),
    ),
    supervisor: capabilities,
  };
}

/** The state without its nodes. */
export function statePicture({ state, actor }: Inspected): StatePicture {
  const { nodes: _, ...rest } = state;
  return { ...rest, work: actor.getSnapshot().value.work };
}

/** Every node that was ever seen. */
export function nodesNow({ state }: Inspected): readonly NodeNow[] {
  return [...state.nodes].map(([node, status]) => ({ node, ...status }));
}

function readinessText(ready: Readiness): string {
  switch (ready.kind) {
    case "exec":
      return "as soon as it runs";
    case "log":
      return `when it prints ${ready.pattern}`;
    case "fd":
      return `when it writes to descriptor ${ready.fd}`;
    case "tcp":
      return `when port ${ready.port} accepts`;
    case "http":
      return "when its URL answers";
    case "probe":
      return "when its probe succeeds";
    case "delay":
      return `${ready.delayMs} ms after it runs`;
  }
}
