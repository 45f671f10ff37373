/**
 * What a transition spent its time on: a bar per node, and the chain of nodes that made it as long as it was (I5).
 *
 * Pure: from the events of one request to data; timeline-text.ts draws it.
 */
import type { ManagerEvent } from "../../bus/event.ts";
import type { Plan } from "../../modes/plan.ts";
import { duration } from "../width.ts";

/** One node's share. Times are ms from the transition's begin. */
export interface Bar {
  readonly node: string;
  /** wait: a kept node that was not ready yet. */
  readonly kind: "stop" | "start" | "wait";
  readonly beginMs: number;
  readonly endMs: number;
  /** A start: when its process was there; from then on it was waited for until it was ready. Absent: not known. */
  readonly spawnMs?: number;
  readonly failed: boolean;
  /** It belongs to the longest chain. */
  readonly onChain: boolean;
}

/** A transition over time. */
export interface Timeline {
  readonly lengthMs: number;
  /** In the order of their beginning. */
  readonly bars: readonly Bar[];
  /** The longest chain, first to last. */
  readonly chain: readonly string[];
}

type NodeEvent = Extract<ManagerEvent, { readonly type: "node" }>;
type Leg = Extract<ManagerEvent, { readonly type: "transition" }>;
type Draft = Omit<Bar, "onChain"> & { readonly leg: number; readonly after: readonly string[] };

/** The time line of a request; undefined when its events do not show one. */
export function timelineOf(events: readonly ManagerEvent[], requestId: string): Timeline | undefined {
  const legs = events.filter((event): event is Leg => event.type === "transition" && event.id === requestId);
  const [first] = legs;
  if (first === undefined) return undefined;
  const result = events.findLast((event) => event.type === "result" && event.id === requestId);
  const nodeEvents = events.filter((event): event is NodeEvent => event.type === "node");
  const endAt = result?.at ?? events.at(-1)?.at ?? first.at;
  const drafts = legs.flatMap((leg, index) => {
    const until = legs[index + 1]?.at ?? endAt;
    return draftsOf(leg.data.plan, index, leg.at, until, nodeEvents).map((draft) => ({
      ...draft,
      beginMs: draft.beginMs - first.at,
      endMs: draft.endMs - first.at,
      ...(draft.spawnMs === undefined ? {} : { spawnMs: draft.spawnMs - first.at }),
    }));
  });
  const chain = new Set(longestChain(drafts));
  const bars = drafts
    .map((draft): Bar => ({ ...draft, onChain: chain.has(draft) }))
    .toSorted((a, b) => a.beginMs - b.beginMs);
  return { lengthMs: endAt - first.at, bars, chain: [...chain].map((draft) => draft.node) };
}

/** The steps of a longest chain as the rest of a sentence. Of a long one its two ends. */
export function chainText(steps: readonly Bar[]): string {
  const said = steps.map(({ node, kind, beginMs, endMs, spawnMs, failed }) => {
    const took = duration(endMs - beginMs);
    if (kind === "stop") return failed ? `${node} did not stop in ${took}` : `${node} took ${took} to stop`;
    if (failed) return `${node} was not ready after ${took}`;
    if (kind === "wait") return `${node}, which is kept, was ready only after ${took}`;
    const awaitedMs = Math.round(endMs - (spawnMs ?? endMs));
    const awaited = awaitedMs < 1 ? "" : ` (${duration(awaitedMs)} of it waiting for readiness)`;
    return `${node} took ${took} to start${awaited}`;
  });
  if (said.length <= 7) return said.join(", then ");
  return [...said.slice(0, 3), `${said.length - 6} more`, ...said.slice(-3)].join(", then ");
}

function draftsOf(plan: Plan, leg: number, at: number, until: number, events: readonly NodeEvent[]): Draft[] {
  const draft = (node: string, kind: Bar["kind"], after: readonly string[]): Draft[] => {
    const own = events.filter((event) => event.data.node === node && event.at >= at && event.at <= until);
    const states = own.map((event) => event.data.state);
    const begins = states.indexOf(kind === "stop" ? "stopping" : "starting");
    if (kind === "start" && begins < 0) return [];
    const ends = states.findIndex((state, index) => index > begins && endStates[kind].has(state));
    const endMs = own[ends]?.at ?? until;
    const end = states[ends];
    const failed = kind === "stop" ? end !== "stopped" : end !== "ready" && end !== "done";
    const beginMs = own[begins]?.at ?? at;
    const spawnMs = kind === "start" ? spawnOf(own[begins], events) : undefined;
    return [
      { node, kind, leg, after, beginMs, endMs, failed, ...(spawnMs === undefined ? {} : { spawnMs }) },
    ];
  };
  return [
    ...plan.stop.flatMap(({ node, after }) => draft(node, "stop", after)),
    ...plan.start.flatMap(({ node, after }) => draft(node, "start", after)),
    ...plan.awaited.flatMap((node) => draft(node, "wait", [])),
  ];
}

/** When the process was started that `starting` was told of: a later event of the same incarnation says it. */
function spawnOf(starting: NodeEvent | undefined, events: readonly NodeEvent[]): number | undefined {
  const later = events.find(
    ({ data }) =>
      data.node === starting?.data.node &&
      data.generation === starting.data.generation &&
      typeof data.spawnedAt === "number",
  );
  const spawnedAt = later?.data.spawnedAt;
  return typeof spawnedAt === "number" ? Math.max(starting?.at ?? 0, spawnedAt) : undefined;
}

const endStates: Readonly<Record<Bar["kind"], ReadonlySet<string>>> = {
  stop: new Set(["stopped", "stuck"]),
  start: new Set(["ready", "done", "stopped", "backoff", "stopping"]),
  wait: new Set(["ready", "done", "stopped", "backoff"]),
};

/** From the bar that ended last back to the one that had to end before it began, and so on. */
function longestChain(drafts: readonly Draft[]): readonly Draft[] {
  const chain: Draft[] = [];
  let next = latest(drafts);
  while (next !== undefined && !chain.includes(next)) {
    chain.unshift(next);
    next = latest(drafts.filter((other) => next !== undefined && precedes(other, next)));
  }
  return chain;
}

function precedes(other: Draft, draft: Draft): boolean {
  if (other === draft) return false;
  if (other.leg < draft.leg) return true;
  if (other.leg > draft.leg) return false;
  if (draft.after.includes(other.node) && (other.kind === draft.kind || other.kind === "wait")) return true;
  // The barrier: every stop ends before the first start begins (I3).
  return draft.kind === "start" && other.kind === "stop";
}

function latest(drafts: readonly Draft[]): Draft | undefined {
  return drafts.reduce<Draft | undefined>(
    (last, draft) => (last === undefined || draft.endMs > last.endMs ? draft : last),
    undefined,
  );
}
