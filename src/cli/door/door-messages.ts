/**
 * What passes through the local door, as text and back. Everything is JSON with `v: 1` and snake_case names, made by
 * the same printer as the messages on Redis.
 *
 * Routes are door-routes.ts's. The state has its nodes as a list here, since names must never be keys (I13).
 */
import type { ManagerState } from "../../bus/bus.ts";
import type { ManagerEvent } from "../../bus/event.ts";
import { messageVersion } from "../../bus/messages.ts";
import { parseJson, printJson } from "../../bus/wire-names.ts";
import type { OnBusy } from "../../modes/catalogue.ts";
import type { NodeStatus } from "../../modes/observation.ts";
import type { NodeError, TransitionResult } from "../../modes/result.ts";
import type { SupervisorCapabilities } from "../../supervisor/supervisor.ts";

/** A request as the door takes it. */
export interface DoorRequest {
  readonly id: string;
  readonly mode: string;
  readonly by?: string;
  readonly onBusy?: OnBusy;
  /** The latest moment to begin, ms from now: `ttl` on Redis. */
  readonly ttl?: number;
  /** False: answer as soon as it is accepted. */
  readonly wait: boolean;
}

/** The answer to a request that is not waited for. */
export interface Accepted {
  readonly accepted: true;
  readonly requestId: string;
  readonly position: number;
}

/** The whole state, with what only the local door knows. */
export interface StateMessage {
  readonly state: ManagerState;
  /** Null over Redis, and so are pid, source, readAt and inspector. */
  readonly supervisor: SupervisorCapabilities | null;
  readonly pid: number | null;
  /** The catalogue's file, for people. */
  readonly source: string | null;
  /** When that file was read, ms since the Unix epoch. */
  readonly readAt: number | null;
  /** Where the inspector page is served; null when it is not. */
  readonly inspector: string | null;
  /** It takes requests over Redis, too. */
  readonly redis: boolean;
  /** The number of the last event that is in this state; null where it is not known. */
  readonly seq: number | null;
}

/** One mode, as `modeshift modes` lists it. */
export interface ModeMessage {
  readonly name: string;
  readonly description: string | null;
  readonly nodes: readonly string[];
  readonly from: readonly string[] | null;
  readonly urgent: boolean;
  readonly onFailure: string;
  readonly isDefault: boolean;
  readonly isFallback: boolean;
}

/** What became of a restart. `failure` null: the node is ready again. */
export interface RestartMessage {
  readonly node: string;
  readonly failure: NodeError | null;
  readonly status: NodeStatus | null;
}

/** One line of the event stream: the whole state first, then every event after it (I16). */
export type StreamItem =
  | { readonly type: "snapshot"; readonly snapshot: StateMessage }
  | { readonly type: "event"; readonly event: ManagerEvent };

/** A message as one line of JSON, without the line end. */
export function printMessage(message: object): string {
  return printJson({ v: messageVersion, ...message });
}

/** A message with its version taken off; undefined when it is none of this version. */
export function parseMessage(text: string): Readonly<Record<string, unknown>> | undefined {
  const { v, ...message } = parseJson(text) ?? {};
  return v === messageVersion ? message : undefined;
}

/** The state as it is printed: nodes as a list. */
export function printableState(message: StateMessage): object {
  const nodes = [...message.state.nodes].map(([node, status]) => ({ node, ...status }));
  return { ...message, state: { ...message.state, nodes } };
}

/** The state back from its printed form. */
export function readState(message: object): StateMessage {
  const printed = message as Omit<StateMessage, "state"> & {
    readonly state: Omit<ManagerState, "nodes"> & {
      readonly nodes: readonly (NodeStatus & { readonly node: string })[];
    };
  };
  const nodes = new Map(printed.state.nodes.map(({ node, ...status }) => [node, status]));
  return { ...printed, state: { ...printed.state, nodes } };
}

/** The answer to a request: its result, or that it was accepted. */
export type RequestAnswer = { readonly result: TransitionResult } | Accepted;
