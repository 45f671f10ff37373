/**
 * A node with nothing said about it, for those who have no catalogue to take one from: leftovers, summaries read off a
 * bus, and tests. What a catalogue's own nodes are by default is config's.
 */
import type { NodeSpec } from "./catalogue.ts";

/** Such a node, with `settings` in place of what they name. It has no command and is never restarted. */
export function bareNode(name: string, settings: Partial<NodeSpec> = {}): NodeSpec {
  return {
    name,
    env: {},
    dependsOn: [],
    conflicts: [],
    resources: [],
    ready: { kind: "exec" },
    startTimeoutMs: 10_000,
    stopSignal: "SIGTERM",
    stopTimeoutMs: 5_000,
    killTimeoutMs: 2_000,
    restart: { policy: "never", max: 0, windowMs: 0, backoffMs: 0, maxBackoffMs: 0 },
    oneshot: false,
    ...settings,
  };
}
