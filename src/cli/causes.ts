/**
 * Why a node is in the state it is in, or a request ended as it did: the chain of causes, from recent events.
 *
 * Pure. The events come from the manager's journal or from Redis; views print the chain. A chain is as long as the
 * journal reaches back.
 */
import type { ManagerEvent } from "../bus/event.ts";
import { exitText } from "../modes/health.ts";
import type { NodeError } from "../modes/result.ts";
import { clockTime, duration } from "./width.ts";

/** One thing and what led to it. */
export interface Cause {
  readonly text: string;
  /** Last lines of stderr, or a reason in full. */
  readonly details?: readonly string[];
  readonly because: readonly Cause[];
}

type Of<Type extends ManagerEvent["type"]> = Extract<ManagerEvent, { readonly type: Type }>;

/** An error and the result it stands in. */
interface Blame {
  readonly error: NodeError;
  readonly all: readonly NodeError[];
  readonly id: string;
  readonly at: number;
}

const deepest = 12;

/** The chain of causes behind a node or a request id; undefined when the events know neither. */
export function explain(events: readonly ManagerEvent[], subject: string): Cause | undefined {
  const known = new Explainer(events);
  return known.request(subject, 0) ?? known.node(subject, 0);
}

/** Nodes and requests that can be asked about, newest first. */
export function subjectsIn(events: readonly ManagerEvent[]): readonly string[] {
  const subjects = events.flatMap((event) => (event.type === "node" ? [event.data.node] : [event.id]));
  return [...new Set(subjects.toReversed())].filter((subject) => subject !== "");
}

class Explainer {
  readonly #events: readonly ManagerEvent[];

  constructor(events: readonly ManagerEvent[]) {
    this.#events = events;
  }

  request(id: string, depth: number): Cause | undefined {
    if (depth > deepest) return undefined;
    const own = this.#events.filter((event) => event.id === id && event.type !== "node");
    const accepted = own.find((event): event is Of<"accepted"> => event.type === "accepted");
    const legs = own.filter((event): event is Of<"transition"> => event.type === "transition");
    const result = own.findLast((event): event is Of<"result"> => event.type === "result");
    if (own.length === 0) return undefined;
    const asked = askedText(id, accepted, legs[0]);
    const begun: Cause[] = legs.map((leg) => ({ text: legText(leg), because: [] }));
    if (result === undefined) return { text: `${asked}: it is not answered yet`, because: begun };
    const { outcome, reason, errors, durationMs } = result.data;
    const failures = errors
      .filter(
        (error) =>
          error.code !== "DEPENDENCY_FAILED" ||
          !errors.some((other) => other !== error && error.message.includes(other.node)),
      )
      .map((error) => this.#failure(error, errors, depth + 1));
    return {
      text: `${asked}: ${outcome} after ${duration(durationMs)}`,
      ...(reason === undefined ? {} : { details: [reason.message] }),
      because: [
        ...failures,
        ...(result.data.outcome === "superseded" && result.data.supersededBy !== undefined
          ? this.#maybeRequest(result.data.supersededBy.id, depth + 1)
          : []),
        ...begun,
      ],
    };
  }

  node(node: string, depth: number): Cause | undefined {
    if (depth > deepest) return undefined;
    const own = this.#events.filter(
      (event): event is Of<"node"> => event.type === "node" && event.data.node === node,
    );
    const last = own.at(-1);
    const error = this.#lastError(node);
    if (last === undefined && error === undefined) return undefined;
    // A node that was never started has no event of its own, only an error in a result.
    if (last === undefined || (error !== undefined && error.at > last.at && last.data.state === "stopped")) {
      return this.#neverStarted(node, error, depth);
    }
    const { state } = last.data;
    const notes = notesOf(last.data);
    return {
      text: `${node} is ${state} since ${clockTime(last.at)}${notes.length === 0 ? "" : ` (${notes.join(", ")})`}`,
      because: [...this.#ending(own), ...this.#origin(own, last, depth + 1)],
    };
  }

  #neverStarted(node: string, error: Blame | undefined, depth: number): Cause | undefined {
    if (error === undefined) return undefined;
    const failed = this.#failure(error.error, error.all, depth + 1);
    const asked = this.#maybeRequest(error.id, depth + 1).map((cause) => ({ ...cause, because: [] }));
    return { text: `${node} does not run`, because: [failed, ...asked] };
  }

  /** How its process last ended by itself, with what it said last. Ends that were asked for tell nothing. */
  #ending(own: readonly Of<"node">[]): Cause[] {
    const last = own.at(-1);
    const ended = own.findLast(
      ({ data }) => data.exit !== null && (data.state === "stopped" || data.state === "backoff"),
    );
    const exit = ended?.data.exit ?? null;
    if (ended === undefined || exit === null) return [];
    // Started anew on request since then: a closed chapter.
    if (last !== ended && last?.data.restarts === 0) return [];
    const { node, generation } = ended.data;
    const life = own.filter((event) => event.data.generation === generation && event.at <= ended.at);
    if (life.some((event) => event.data.state === "stopping")) return [];
    const ready = life.findLast((event) => event.data.state === "ready");
    const lived =
      ready === undefined ? "before it was ready" : `after ${duration(ended.at - ready.at)} of being ready`;
    return [
      {
        text: `${node} ended by itself at ${clockTime(ended.at)}: ${exitText(exit)}, ${lived}`,
        details: exit.stderr ?? [],
        because: [],
      },
    ];
  }

  /** The request that started or stopped it. */
  #origin(own: readonly Of<"node">[], last: Of<"node">, depth: number): Cause[] {
    const asked = own.findLast((event) => event.id !== "" && event.at <= last.at);
    if (asked === undefined) return [];
    const leg = this.#events.findLast(
      (event): event is Of<"transition"> =>
        event.type === "transition" && event.id === asked.id && event.at <= asked.at,
    );
    if (leg === undefined) return this.#maybeRequest(asked.id, depth);
    const { plan, to } = leg.data;
    const node = last.data.node;
    const step = plan.start.find((other) => other.node === node);
    const wanted = step !== undefined || plan.keep.includes(node);
    const waited = (step?.after ?? []).length === 0 ? "" : `, after ${step?.after.join(", ")}`;
    const text = wanted
      ? `mode ${to ?? ""} needs ${node}${waited}`
      : `mode ${to ?? "none"} does not list ${node}`;
    return [{ text, because: this.#maybeRequest(asked.id, depth) }];
  }

  #failure(error: NodeError, all: readonly NodeError[], depth: number): Cause {
    const { node, phase, code, message, exit } = error;
    const others =
      code === "DEPENDENCY_FAILED"
        ? all.filter((other) => other !== error && message.includes(other.node))
        : [];
    return {
      text: `${node} could not ${phase === "run" ? "stay up" : phase}: ${code}, ${message}`,
      details: exit?.stderr ?? [],
      because: depth > deepest ? [] : others.map((other) => this.#failure(other, all, depth + 1)),
    };
  }

  #lastError(node: string): Blame | undefined {
    for (const event of this.#events.toReversed()) {
      if (event.type !== "result") continue;
      const error = event.data.errors.find((other) => other.node === node);
      if (error !== undefined) return { error, all: event.data.errors, id: event.id, at: event.at };
      // A later result in which the node was no trouble.
      if (event.data.nodesStarted.includes(node)) return undefined;
    }
    return undefined;
  }

  #maybeRequest(id: string, depth: number): Cause[] {
    const cause = this.request(id, depth);
    return cause === undefined
      ? []
      : [
          {
            ...cause,
            because: cause.because.filter((other) => other.because.length > 0 || other.details !== undefined),
          },
        ];
  }
}

function notesOf({ state, restarts, gaveUp, cause }: Of<"node">["data"]): readonly string[] {
  return [
    restarts === 0 ? "" : `${restarts} ${restarts === 1 ? "restart" : "restarts"} by its policy`,
    gaveUp ? "its policy has given up" : "",
    cause === state || cause === "gone" ? "" : cause,
  ].filter((note) => note !== "");
}

function askedText(
  id: string,
  accepted: Of<"accepted"> | undefined,
  leg: Of<"transition"> | undefined,
): string {
  if (accepted !== undefined) {
    const { by, mode } = accepted.data;
    return `request ${id}${by === null ? "" : ` by ${by}`} for mode ${mode} at ${clockTime(accepted.at)}`;
  }
  if (leg === undefined) return `request ${id}`;
  const { cause, to } = leg.data;
  return `${cause === "request" ? `request ${id}` : cause} for mode ${to ?? "none"} at ${clockTime(leg.at)}`;
}

function legText({ at, data }: Of<"transition">): string {
  const { cause, from, to, plan } = data;
  const list = (steps: readonly { readonly node: string }[]): string =>
    steps.map((step) => step.node).join(", ") || "nothing";
  return `${cause === "request" ? "began" : cause} at ${clockTime(at)}: ${from ?? "nothing"} to ${to ?? "nothing"}, stops ${list(plan.stop)}, starts ${list(plan.start)}`;
}
