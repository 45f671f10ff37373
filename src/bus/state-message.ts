/**
 * The state of a manager as the fields of the `state` and `nodes` hashes, and back (I16), with the summary of its
 * catalogue that lets `modeshift modes` and `plan` work without the file.
 *
 * An empty text stands for null: no mode name and no request id is empty. The bus adds `seq`, `event` (the last event
 * folded in) and `begun`, which are its own.
 */
import { bareNode } from "../modes/bare-node.ts";
import type { Catalogue, Mode, NodeSpec } from "../modes/catalogue.ts";
import type { HealthReason, HealthStatus } from "../modes/health.ts";
import type { NodeState, NodeStatus } from "../modes/observation.ts";
import type { ManagerState } from "./bus.ts";
import type { Phase } from "./event.ts";
import { isRecord, parseJson, printJson, readJson } from "./wire-names.ts";

/** The hash fields that hold a manager's state, `nodes` apart, in the order of {@link printState}. */
export const stateFields = [
  "v",
  "mode",
  "target",
  "phase",
  "health",
  "reasons",
  "request",
  "waiting",
  "waiting_for",
  "epoch",
  "holder",
] as const;

/** A state as hash fields. */
export function printState(state: ManagerState): ReadonlyMap<string, string> {
  return new Map<(typeof stateFields)[number], string>([
    ["v", "1"],
    ["mode", state.mode ?? ""],
    ["target", state.target ?? ""],
    ["phase", state.phase],
    ["health", state.health.status],
    ["reasons", JSON.stringify(state.health.reasons)],
    ["request", state.request ?? ""],
    ["waiting", JSON.stringify(state.waiting)],
    ["waiting_for", JSON.stringify(state.waitingFor)],
    ["epoch", String(state.epoch)],
    ["holder", state.holder],
  ]);
}

/** The state in two hashes; undefined when no manager has written one. */
export function parseState(
  namespace: string,
  state: ReadonlyMap<string, string>,
  nodes: ReadonlyMap<string, string>,
): ManagerState | undefined {
  if (!state.has("phase")) return undefined;
  return {
    namespace,
    mode: orNull(state.get("mode")),
    target: orNull(state.get("target")),
    phase: (state.get("phase") ?? "") as Phase,
    health: {
      status: (state.get("health") ?? "") as HealthStatus,
      reasons: listOf(state.get("reasons")).filter(isRecord) as unknown as HealthReason[],
    },
    request: orNull(state.get("request")),
    waiting: listOf(state.get("waiting")) as string[],
    waitingFor: listOf(state.get("waiting_for")) as string[],
    epoch: Number(state.get("epoch") ?? 0),
    holder: state.get("holder") ?? "",
    bus: { status: "connected" },
    nodes: new Map([...nodes].flatMap(([node, text]) => entryOf(node, parseNode(text)))),
  };
}

function orNull(text: string | undefined): string | null {
  return text === undefined || text === "" ? null : text;
}

function entryOf(node: string, status: NodeStatus | undefined): [string, NodeStatus][] {
  return status === undefined ? [] : [[node, status]];
}

function listOf(text: string | undefined): unknown[] {
  const value = readJson(text ?? "");
  return Array.isArray(value) ? value : [];
}

/** One node as JSON. On Redis the script puts the `seq` it is at in front. */
export function printNode(status: NodeStatus): string {
  return printJson(status);
}

/** The node in a JSON text, its `seq` left out; undefined when there is none. */
export function parseNode(text: string): NodeStatus | undefined {
  const { seq: _, ...status } = parseJson(text) ?? {};
  return typeof status["state"] === "string"
    ? (status as unknown as NodeStatus & { state: NodeState })
    : undefined;
}

/** What `modeshift modes` and `plan` need of a catalogue: no commands and no environments, which may hold secrets. */
export function printSummary(catalogue: Catalogue): string {
  return printJson({
    v: 1,
    defaultMode: catalogue.defaultMode,
    fallbackMode: catalogue.fallbackMode,
    onBusy: catalogue.onBusy,
    transitionTimeoutMs: catalogue.transitionTimeoutMs,
    modes: [...catalogue.modes.values()],
    nodes: [...catalogue.nodes.values()].map(({ name, dependsOn, conflicts, oneshot }) => ({
      name,
      dependsOn,
      conflicts,
      oneshot,
    })),
  });
}

/** The catalogue that {@link printSummary} has summarised, with nodes that have no command; undefined when none is there. */
export function parseSummary(namespace: string, text: string): Catalogue | undefined {
  const summary = parseJson(text);
  if (summary?.["v"] !== 1 || !Array.isArray(summary["modes"]) || !Array.isArray(summary["nodes"])) {
    return undefined;
  }
  const modes = summary["modes"] as Mode[];
  const nodes = summary["nodes"] as Pick<NodeSpec, "name" | "dependsOn" | "conflicts" | "oneshot">[];
  return {
    ...(summary as unknown as Pick<
      Catalogue,
      "defaultMode" | "fallbackMode" | "onBusy" | "transitionTimeoutMs"
    >),
    namespace,
    modes: new Map(modes.map((mode) => [mode.name, mode])),
    nodes: new Map(nodes.map((node) => [node.name, bareNode(node.name, node)])),
    invariants: [],
    service: { redisUrlEnv: "MODESHIFT_REDIS_URL", stateDir: null, deathGraceMs: 50, inspectPort: null },
  };
}
