/**
 * What `modeshift why` can be asked about, and what it is about when nobody says: whatever keeps somebody waiting or has
 * gone wrong last. Pure, from recent events.
 */
import type { ManagerEvent } from "../bus/event.ts";
import { rootReasons } from "../modes/health.ts";

type Of<Type extends ManagerEvent["type"]> = Extract<ManagerEvent, { readonly type: Type }>;

/** Nodes and requests that can be asked about, newest first. */
export function subjectsIn(events: readonly ManagerEvent[]): readonly string[] {
  const subjects = events.flatMap((event) => (event.type === "node" ? [event.data.node] : [event.id]));
  return [...new Set(subjects.toReversed())].filter((subject) => subject !== "");
}

/**
 * The running request; else the node that has gone down since the last request that did not end well, or that request;
 * else the last request. Undefined: there was none.
 */
export function foremostSubject(events: readonly ManagerEvent[]): string | undefined {
  const results = events.filter((event): event is Of<"result"> => event.type === "result");
  const begun = events.findLast((event) => event.type === "transition");
  if (begun !== undefined && !results.some(({ id }) => id === begun.id)) return begun.id;
  const bad = results.findLast(({ data }) => !data.ok);
  return downSince(events, bad) ?? bad?.id ?? results.at(-1)?.id;
}

/** A node that is no trouble of that result. */
function downSince(events: readonly ManagerEvent[], bad: Of<"result"> | undefined): string | undefined {
  const health = events.findLast((event): event is Of<"health"> => event.type === "health");
  if (health === undefined || (bad !== undefined && health.seq < bad.seq)) return undefined;
  const blamed = new Set(bad?.data.errors.map(({ node }) => node));
  return rootReasons(health.data).find(({ node }) => !blamed.has(node))?.node;
}
