/** The states of the verifier's model: taken apart for working on, packed into one number for remembering. */
import { DOWN, NODE_BITS } from "./node-code.ts";

/** What is going on: settled, without or with errors, or one of the legs of a transition. */
export const SETTLED = 0;
export const SETTLED_WITH_ERRORS = 1;
/** The leg of a request, of start-up, or of a fallback from steady state. */
export const REQUESTED = 2;
export const ROLLBACK = 3;
export const FALLBACK = 4;
const WORKS = 8;

/** A state taken apart. */
export interface ModelState {
  readonly work: number;
  /** The running leg has errors. */
  readonly hasErrors: boolean;
  readonly target: number;
  /** -1 before the first settling, and always where nothing depends on it. */
  readonly settled: number;
  /** By node index (node-code.ts). */
  readonly nodes: readonly number[];
}

/** Whether no transition runs. */
export function isSettled(state: ModelState): boolean {
  return state.work < REQUESTED;
}

/** Packs states of a model of so many nodes and modes; the numbers stay below 2^53. */
export class StatePacking {
  readonly #nodeCount: number;
  readonly #nodeSpace: number;
  readonly #places: number;

  constructor(nodeCount: number, modeCount: number) {
    this.#nodeCount = nodeCount;
    this.#nodeSpace = 2 ** (NODE_BITS * nodeCount);
    this.#places = modeCount + 1;
  }

  pack(state: ModelState): number {
    let nodes = 0;
    for (let index = this.#nodeCount - 1; index >= 0; index--) {
      nodes = nodes * 2 ** NODE_BITS + (state.nodes[index] ?? DOWN);
    }
    const place = (state.settled + 1) * this.#places + state.target + 1;
    const work = state.work + (state.hasErrors ? WORKS : 0);
    return (place * 2 * WORKS + work) * this.#nodeSpace + nodes;
  }

  unpack(number: number): ModelState {
    let rest = number % this.#nodeSpace;
    const nodes: number[] = [];
    for (let index = 0; index < this.#nodeCount; index++) {
      nodes.push(rest % 2 ** NODE_BITS);
      rest = Math.floor(rest / 2 ** NODE_BITS);
    }
    const modes = Math.floor(number / this.#nodeSpace);
    const work = modes % (2 * WORKS);
    const place = Math.floor(modes / (2 * WORKS));
    return {
      work: work % WORKS,
      hasErrors: work >= WORKS,
      target: (place % this.#places) - 1,
      settled: Math.floor(place / this.#places) - 1,
      nodes,
    };
  }
}
