/**
 * Why a node is in the state it is in, or a request ended as it did: the chain of causes, from recent events.
 *
 * Pure. The events come from the manager's memory or from Redis; views print the chain. A chain is as long as they
 * reach back.
 */
import type { ManagerEvent } from "../bus/event.ts";
import { exitText } from "../modes/health.ts";
import type { NodeError } from "../modes/result.ts";
import { askedText, legText, modeText, notesOf, type Of } from "./cause-texts.ts";
import { chainText, timelineOf } from "./views/timeline.ts";
import { clockTime, duration } from "./width.ts";

/** One thing and what led to it. */
export interface Cause {
  readonly text: string;
  /** Last lines of stderr, or a reason in full. */
  readonly details?: readonly string[];
  readonly because: readonly Cause[];
}

/** An error and the result it stands in. */
interface Blame {
  readonly error: NodeError;
  readonly all: readonly NodeError[];
  readonly id: string;
}

interface RequestParts {
  readonly text: string;
  readonly details: Pick<Cause, "details">;
  readonly failures: readonly Cause[];
  /** What took its place. */
  readonly successor: readonly Cause[];
  readonly legs: readonly Of<"transition">[];
}

const deepest = 12;

/** The chain of causes behind a node or a request id; undefined when the events know neither. */
export function explain(events: readonly ManagerEvent[], subject: string): Cause | undefined {
  const known = new Explainer(events);
  return known.request(subject, 0) ?? known.node(subject, 0);
}

class Explainer {
  readonly #events: readonly ManagerEvent[];

  constructor(events: readonly ManagerEvent[]) {
    this.#events = events;
  }

  request(id: string, depth: number): Cause | undefined {
    const parts = this.#parts(id, depth);
    if (parts === undefined) return undefined;
    const { text, details, failures, successor, legs } = parts;
    const long = this.#longestChain(id, failures.length === 0 ? 1 : 2);
    return { text, ...details, because: [...failures, ...successor, ...long, ...legs.map(causeOfLeg)] };
  }

  /** What it spent its time on, if that is not said already by what failed or, while it runs, by what it waits for. */
  #longestChain(id: string, least: number): readonly Cause[] {
    if (!this.#events.some((event) => event.type === "result" && event.id === id)) return [];
    const steps = timelineOf(this.#events, id)?.bars.filter((bar) => bar.onChain) ?? [];
    return steps.length < least ? [] : [{ text: `longest chain: ${chainText(steps)}`, because: [] }];
  }

  /** A request below what it led to: how it ended, and the way back, if there was one. */
  #asked(id: string, depth: number, has: { readonly failures: boolean }): Cause[] {
    const parts = this.#parts(id, depth);
    if (parts === undefined) return [];
    const { text, details, failures, successor, legs } = parts;
    const back = legs.filter(({ data }) => data.cause === "rollback" || data.cause === "fallback");
    const because = [...(has.failures ? failures : []), ...successor, ...back.map(causeOfLeg)];
    return [{ text, ...details, because }];
  }

  #parts(id: string, depth: number): RequestParts | undefined {
    if (depth > deepest) return undefined;
    const own = this.#events.filter((event) => event.id === id && event.type !== "node");
    if (own.length === 0) return undefined;
    const accepted = own.find((event): event is Of<"accepted"> => event.type === "accepted");
    const legs = own.filter((event): event is Of<"transition"> => event.type === "transition");
    const result = own.findLast((event): event is Of<"result"> => event.type === "result")?.data;
    const asked = askedText(id, accepted, legs[0], result);
    if (result === undefined) {
      const text = `${asked}: it is not answered yet`;
      return { text, details: {}, failures: this.#unfinished(legs.at(-1)), successor: [], legs };
    }
    const { outcome, reason, errors, durationMs } = result;
    const roots = errors.filter(
      (error) =>
        error.code !== "DEPENDENCY_FAILED" ||
        !errors.some((other) => other !== error && error.message.includes(other.node)),
    );
    const next = result.outcome === "superseded" ? result.supersededBy?.id : undefined;
    return {
      text: `${asked}: ${outcome} after ${duration(durationMs)}`,
      details: reason === undefined ? {} : { details: [reason.message] },
      failures: roots.map((error) => this.#failure({ error, all: errors, id }, depth + 1)),
      successor: next === undefined ? [] : this.#asked(next, depth + 1, { failures: true }),
      legs,
    };
  }

  /** What a transition that is not over yet waits for, kept nodes that are not ready yet included. */
  #unfinished(leg: Of<"transition"> | undefined): readonly Cause[] {
    if (leg === undefined) return [];
    const { stop, start, awaited } = leg.data.plan;
    const nodes = new Set([...stop, ...start].map(({ node }) => node));
    return [...nodes, ...awaited.filter((node) => !nodes.has(node))].flatMap((node) => {
      const last = this.#events.findLast(
        (event): event is Of<"node"> => event.type === "node" && event.data.node === node,
      );
      const state = last?.data.state;
      if (last === undefined || (state !== "starting" && state !== "stopping")) return [];
      const kept = awaited.includes(node) ? ", which is kept," : "";
      return [
        {
          text: `waits for ${node}${kept === "" ? "," : kept} ${state} since ${clockTime(last.at)}`,
          because: [],
        },
      ];
    });
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

  #neverStarted(node: string, blame: Blame | undefined, depth: number): Cause | undefined {
    if (blame === undefined) return undefined;
    const leg = this.#legOf(blame);
    const asked = this.#asked(blame.id, depth + 1, { failures: false });
    const wanted = leg === undefined ? asked : [{ text: `${modeText(leg)} needs ${node}`, because: asked }];
    return { text: `${node} does not run`, because: [this.#failure(blame, depth + 1), ...wanted] };
  }

  /** The transition that would have started the node. */
  #legOf({ error, id }: Blame): Of<"transition"> | undefined {
    return this.#events.findLast(
      (event): event is Of<"transition"> =>
        event.type === "transition" &&
        event.id === id &&
        (error.during ?? event.data.cause) === event.data.cause &&
        event.data.plan.start.some((step) => step.node === error.node),
    );
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
    if (leg === undefined) return this.#asked(asked.id, depth, { failures: true });
    const { plan } = leg.data;
    const node = last.data.node;
    const step = plan.start.find((other) => other.node === node);
    const wanted = step !== undefined || plan.keep.includes(node);
    const waited = (step?.after ?? []).length === 0 ? "" : `, after ${step?.after.join(", ")}`;
    const text = wanted
      ? `${modeText(leg)} needs ${node}${waited}`
      : `${modeText(leg)} does not list ${node}`;
    return [{ text, because: this.#asked(asked.id, depth, { failures: true }) }];
  }

  #failure(blame: Blame, depth: number): Cause {
    const { node, phase, code, message, exit } = blame.error;
    const others =
      code === "DEPENDENCY_FAILED"
        ? blame.all.filter((other) => other !== blame.error && message.includes(other.node))
        : [];
    const verb = phase === "run" ? "stay up" : phase;
    return {
      text: `${node} could not ${verb}: ${code}, ${message}${phase === "start" ? this.#triedText(blame) : ""}`,
      details: exit?.stderr ?? [],
      because: depth > deepest ? [] : others.map((error) => this.#failure({ ...blame, error }, depth + 1)),
    };
  }

  /** How long the start was tried, and what it had waited for before. */
  #triedText(blame: Blame): string {
    const { node } = blame.error;
    const leg = this.#legOf(blame);
    if (leg === undefined) return "";
    const life = this.#events.filter(
      (event): event is Of<"node"> =>
        event.type === "node" && event.id === blame.id && event.data.node === node && event.at >= leg.at,
    );
    const begun = life.find((event) => event.data.state === "starting");
    const ended = life.find((event) => event.data.state === "stopped");
    if (begun === undefined || ended === undefined) return "";
    const after = leg.data.plan.start.find((step) => step.node === node)?.after ?? [];
    const waited = after.length === 0 ? "" : ` after waiting for ${after.join(", ")}`;
    if (ended.data.spawnedAt === null) return ` It was tried at ${clockTime(begun.at)}${waited}.`;
    return ` It was started at ${clockTime(begun.at)}${waited}, and ran ${duration(ended.at - begun.at)}.`;
  }

  #lastError(node: string): (Blame & { readonly at: number }) | undefined {
    for (const event of this.#events.toReversed()) {
      if (event.type !== "result") continue;
      const error = event.data.errors.find((other) => other.node === node);
      if (error !== undefined) return { error, all: event.data.errors, id: event.id, at: event.at };
      // A later result in which the node was no trouble.
      if (event.data.nodesStarted.includes(node)) return undefined;
    }
    return undefined;
  }
}

function causeOfLeg(leg: Of<"transition">): Cause {
  return { text: legText(leg), because: [] };
}
