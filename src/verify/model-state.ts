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

  pack({ work, hasErrors, target, settled, nodes }: ModelState): number {
    let packed = 0;
    for (let index = 0; index < this.#nodeCount; index++) {
      packed |= (nodes[index] ?? DOWN) << (NODE_BITS * index);
    }
    return this.packWith(packed, work, target, settled) + (hasErrors ? WORKS * this.#nodeSpace : 0);
  }

  /** The state, without errors, with nodes that are packed already: each code by {@link NODE_BITS} above the one before. */
  packWith(nodes: number, work: number, target: number, settled: number): number {
    const place = (settled + 1) * this.#places + target + 1;
    return (place * 2 * WORKS + work) * this.#nodeSpace + nodes;
  }

  /** The packed state with another code of one node, and with errors if it is to have some. */
  change(packed: number, state: ModelState, index: number, code: number, hasErrors: boolean): number {
    const difference = (code - (state.nodes[index] ?? DOWN)) * 2 ** (NODE_BITS * index);
    return packed + difference + (hasErrors && !state.hasErrors ? WORKS * this.#nodeSpace : 0);
  }

  unpack(packed: number): ModelState {
    let rest = packed % this.#nodeSpace;
    const nodes: number[] = [];
    for (let index = 0; index < this.#nodeCount; index++) {
      nodes.push(rest % 2 ** NODE_BITS);
      rest >>>= NODE_BITS;
    }
    const modes = Math.floor(packed / this.#nodeSpace);
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
