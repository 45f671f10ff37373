/** A catalogue as the YAML that would load as it: to print generated ones. Only what concerns modes and timing. */
import { stringify } from "yaml";
import type { Catalogue, Mode, NodeSpec } from "../../src/modes/catalogue.ts";

/** See the file header. */
export function catalogueText(catalogue: Catalogue): string {
  const document = new Map<string, unknown>([
    ["default_mode", catalogue.defaultMode],
    ["transition_timeout", catalogue.transitionTimeoutMs],
    ["on_busy", catalogue.onBusy],
    ...(catalogue.fallbackMode === null ? [] : [["fallback_mode", catalogue.fallbackMode] as const]),
    ["nodes", new Map([...catalogue.nodes].map(([name, node]) => [name, nodeFields(node)]))],
    ["modes", new Map([...catalogue.modes].map(([name, mode]) => [name, modeFields(mode)]))],
  ]);
  return stringify(document, { flowCollectionPadding: true, lineWidth: 0, collectionStyle: "any" });
}

function nodeFields(node: NodeSpec): object {
  const { policy, max, windowMs, backoffMs, maxBackoffMs } = node.restart;
  return {
    ...(node.dependsOn.length === 0 ? {} : { depends_on: node.dependsOn }),
    ...(node.conflicts.length === 0 ? {} : { conflicts: node.conflicts }),
    start_timeout: node.startTimeoutMs,
    stop_timeout: node.stopTimeoutMs,
    kill_timeout: node.killTimeoutMs,
    ...(node.oneshot
      ? { oneshot: true }
      : { restart: { policy, max, window: windowMs, backoff: backoffMs, max_backoff: maxBackoffMs } }),
  };
}

function modeFields(mode: Mode): object {
  return {
    nodes: mode.nodes,
    ...(mode.stopNodes.length === 0 ? {} : { stop_nodes: mode.stopNodes }),
    ...(mode.restartNodes.length === 0 ? {} : { restart_nodes: mode.restartNodes }),
    ...(mode.from === undefined ? {} : { from: mode.from }),
    ...(mode.urgent ? { urgent: true } : {}),
    ...(mode.onFailure === "continue" ? {} : { on_failure: mode.onFailure }),
  };
}
