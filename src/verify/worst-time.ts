/**
 * The longest time a transition into a mode may take: every stop uses up stop_timeout and kill_timeout, every start its
 * start_timeout, along the longest chain of steps that wait for each other (I5); the starts wait for all stops (I3).
 *
 * The chains are those of the plans that a manager would make. To stop: the nodes of one mode the robot may come from.
 * To start: every node of the mode, because it may have crashed or never come up. The cap on simultaneous starts is left
 * out: it works only while the machine is overloaded.
 */
import type { Catalogue, Mode, NodeSpec } from "../modes/catalogue.ts";
import type { Observed } from "../modes/observation.ts";
import { planShutdown, planTransition, wavesOf, type Step } from "../modes/plan.ts";

/** The worst case for one mode. */
export interface WorstCase {
  readonly ms: number;
  /** `from work`, `stop planner 7s`, `stop camera 7s`, `start clock 10s`. */
  readonly trace: readonly string[];
}

/** The longest transitions into the modes of one catalogue. */
export class WorstTimes {
  readonly #catalogue: Catalogue;
  /** How long stopping everything that a mode lists may take: no less than stopping a part of it. */
  readonly #bounds = new Map<string, number>();

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  /** The longest transition into a mode, from wherever it may be entered; of what is within the limit, any. */
  into(mode: Mode, limitMs: number): WorstCase {
    const fromNothing = planTransition(this.#catalogue, mode, allUp([]), true).start;
    const atBoot = longestChain(this.#catalogue, fromNothing, "start");
    let worst: WorstCase = { ms: atBoot.ms, trace: [`boot ${mode.name}`, ...atBoot.trace] };
    for (const from of this.#catalogue.modes.values()) {
      const isWayIn = mode.from === undefined || mode.from.includes(from.name);
      if (from.name === mode.name) continue;
      if (this.#boundOf(from) + atBoot.ms <= Math.max(worst.ms, limitMs)) continue;
      const plan = planTransition(this.#catalogue, mode, allUp(from.nodes), true);
      const stop = longestChain(this.#catalogue, plan.stop, "stop");
      // Where `from` forbids the direct way, nodes that could not be stopped may still have come along.
      const origin = isWayIn
        ? `from ${from.name} to ${mode.name}`
        : `to ${mode.name}, with what is left of ${from.name}`;
      const ms = stop.ms + atBoot.ms;
      if (ms > worst.ms) worst = { ms, trace: [origin, ...stop.trace, ...atBoot.trace] };
    }
    return worst;
  }

  #boundOf(from: Mode): number {
    const known = this.#bounds.get(from.name);
    if (known !== undefined) return known;
    const { stop } = planShutdown(this.#catalogue, from.name, allUp(from.nodes));
    const { ms } = longestChain(this.#catalogue, stop, "stop");
    this.#bounds.set(from.name, ms);
    return ms;
  }
}

function allUp(nodes: readonly string[]): Observed {
  return new Map(nodes.map((name) => [name, { state: "ready", generation: 1 }]));
}

interface Link {
  readonly ms: number;
  /** The step it waits for longest. */
  readonly after: string | null;
}

/** The chain of steps that takes longest, in the order it is carried out. */
function longestChain(catalogue: Catalogue, steps: readonly Step[], verb: "stop" | "start"): WorstCase {
  const afters = new Map(steps.map((step) => [step.node, step.after]));
  const links = new Map<string, Link>();
  const longest = (names: readonly string[]): string | null =>
    names.reduce<string | null>((best, name) => {
      const ms = links.get(name)?.ms ?? 0;
      return best === null || ms > (links.get(best)?.ms ?? 0) ? name : best;
    }, null);
  // Wave after wave, so that what a step waits for has its time already.
  for (const name of wavesOf(steps).flat()) {
    const after = longest((afters.get(name) ?? []).filter((other) => links.has(other)));
    links.set(name, { ms: ownMs(catalogue, name, verb) + (links.get(after ?? "")?.ms ?? 0), after });
  }
  const last = longest([...links.keys()]);
  const chain: string[] = [];
  for (let at = last; at !== null; at = links.get(at)?.after ?? null) chain.push(at);
  const trace = chain.toReversed().map((name) => `${verb} ${name} ${seconds(ownMs(catalogue, name, verb))}`);
  return { ms: links.get(last ?? "")?.ms ?? 0, trace };
}

function ownMs(catalogue: Catalogue, name: string, verb: "stop" | "start"): number {
  const node: NodeSpec | undefined = catalogue.nodes.get(name);
  if (node === undefined) return 0;
  return verb === "start" ? node.startTimeoutMs : node.stopTimeoutMs + node.killTimeoutMs;
}

/** `10s`, `0.5s`. */
export function seconds(ms: number): string {
  return `${ms / 1000}s`;
}
