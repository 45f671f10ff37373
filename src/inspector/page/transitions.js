/**
 * What each transition spent its time on: from events to a bar per node, one event at a time.
 *
 * A request that was turned away is one without bars. Pure, and cheap per event: a robot may have 500 nodes. What made it take so long is chain.js's.
 *
 * @import { ManagerEvent, EventData } from "../../bus/event.ts"
 * @import { Plan } from "../../modes/plan.ts"
 * @import { TransitionResult } from "../../modes/result.ts"
 * @import { TransitionCause } from "../../machines/events.ts"
 */

/**
 * One node's share. Times are ms since the Unix epoch; null: not yet.
 *
 * @typedef {object} Bar
 * @property {string} node
 * @property {"stop" | "start" | "wait"} kind - wait: a kept node that was not ready yet
 * @property {number} leg - which plan of the transition it belongs to
 * @property {readonly string[]} after - nodes whose step had to end before
 * @property {number} plannedAt
 * @property {number | null} beginAt
 * @property {number | null} spawnedAt - a start: from then on its process was waited for until it was ready
 * @property {number | null} endAt
 * @property {boolean} failed
 */

/**
 * A plan being executed: the request's own, then its rollback or fallback.
 *
 * @typedef {{ readonly cause: TransitionCause, readonly to: string | null, readonly plan: Plan, readonly at: number }} Leg
 */

/**
 * @typedef {object} Transition
 * @property {string} id - the request's
 * @property {string | null} from
 * @property {string | null} to - where the request wanted to go; null: shutdown
 * @property {string | null} by
 * @property {number} at
 * @property {number | null} endAt
 * @property {Leg[]} legs
 * @property {Bar[]} bars
 * @property {TransitionResult | null} result
 */

const keptTransitions = 60;
const upStates = new Set(["ready", "done"]);
const goneStates = new Set(["stopped", "backoff", "stopping", "stuck"]);

const neverBegun = new Set(["rejected", "expired", "superseded"]);

/** Every transition of late, the newest last. */
export class Transitions {
  /** @type {Transition[]} */
  list = [];
  /** @type {Map<string, Bar>} */
  #bars = new Map();
  /** @type {Map<string, string | null>} */
  #askedBy = new Map();

  /** The one that is running. */
  get running() {
    const last = this.list.at(-1);
    return last?.endAt === null ? last : undefined;
  }

  /**
   * True when something that is shown has changed.
   *
   * @param {ManagerEvent} event
   * @returns {boolean}
   */
  take(event) {
    switch (event.type) {
      case "accepted":
        this.#askedBy.set(event.id, event.data.by);
        if (this.#askedBy.size > 1_000) this.#askedBy = new Map([...this.#askedBy].slice(-100));
        return false;
      case "transition":
        this.#begin(event.id, event.at, event.data);
        return true;
      case "node":
        return this.#move(event.data, event.at);
      case "result":
        return this.#answer(event.id, event.at, event.data);
      case "manager":
        return event.data.what === "down" && this.#end(this.running?.id ?? "", event.at, null);
      case "progress":
      case "health":
        return false;
    }
    return false;
  }

  /**
   * @param {string} id
   * @param {number} at
   * @param {EventData["transition"]} data
   */
  #begin(id, at, { cause, from, to, plan }) {
    let transition = this.running;
    if (transition?.id !== id) {
      if (transition !== undefined) transition.endAt = at;
      const by = this.#askedBy.get(id) ?? null;
      transition = { id, from, to, by, at, endAt: null, legs: [], bars: [], result: null };
      this.#keep(transition);
    }
    const leg = transition.legs.length;
    transition.legs.push({ cause, to, plan, at });
    this.#bars.clear();
    const add = (/** @type {Bar["kind"]} */ kind, /** @type {Plan["stop"]} */ steps) => {
      for (const { node, after } of steps) {
        const beginAt = kind === "wait" ? at : null;
        const times = { plannedAt: at, beginAt, spawnedAt: null, endAt: null };
        const bar = { node, kind, leg, after, ...times, failed: false };
        transition.bars.push(bar);
        this.#bars.set(`${kind} ${node}`, bar);
      }
    };
    add("stop", plan.stop);
    add("start", plan.start);
    add(
      "wait",
      plan.awaited.map((node) => ({ node, after: [] })),
    );
  }

  /** The one that is running stays the last. @param {Transition} transition */
  #keep(transition) {
    this.list.splice(this.running === undefined ? this.list.length : -1, 0, transition);
    if (this.list.length > keptTransitions) this.list.shift();
  }

  /**
   * @param {string} id
   * @param {number} at
   * @param {TransitionResult} result
   * @returns {boolean}
   */
  #answer(id, at, result) {
    if (this.#end(id, at, result)) return true;
    if (!neverBegun.has(result.outcome) || this.list.some((known) => known.id === id)) return false;
    const { previousMode: from, requestedMode: to, by = null } = result;
    this.#keep({ id, from, to, by, at, endAt: at, legs: [], bars: [], result });
    return true;
  }

  /**
   * A node that is starting has a process: told while somebody looks, before the next event of it says so.
   *
   * @param {string} node
   * @param {number} spawnedAt
   * @returns {boolean}
   */
  spawned(node, spawnedAt) {
    const bar = this.running === undefined ? undefined : this.#bars.get(`start ${node}`);
    if (bar === undefined || bar.endAt !== null) return false;
    noteSpawn(bar, spawnedAt);
    return bar.spawnedAt !== null;
  }

  /**
   * @param {EventData["node"]} data
   * @param {number} at
   * @returns {boolean}
   */
  #move({ node, state, spawnedAt }, at) {
    if (this.running === undefined) return false;
    const stop = this.#bars.get(`stop ${node}`);
    if (stop?.endAt === null) {
      moveStop(stop, state, at);
      return true;
    }
    const bar = this.#bars.get(`start ${node}`) ?? this.#bars.get(`wait ${node}`);
    if (bar?.endAt !== null) return false;
    moveStart(bar, state, at);
    noteSpawn(bar, spawnedAt);
    return true;
  }

  /**
   * @param {string} id
   * @param {number} at
   * @param {TransitionResult | null} result
   * @returns {boolean}
   */
  #end(id, at, result) {
    const { running } = this;
    if (running === undefined || running.id !== id) return false;
    running.endAt = at;
    running.result = result;
    for (const { node, phase } of result?.errors ?? []) {
      const isIts = (/** @type {Bar} */ bar) =>
        bar.node === node && (bar.kind === "stop") === (phase === "stop");
      const bar = running.bars.findLast(isIts);
      if (bar !== undefined) bar.failed = true;
    }
    return true;
  }
}

/**
 * @param {Bar} bar
 * @param {string} state
 * @param {number} at
 */
function moveStop(bar, state, at) {
  bar.beginAt ??= at;
  if (state === "stopped" || state === "stuck") bar.endAt = at;
  bar.failed = state === "stuck";
}

/**
 * @param {Bar} bar
 * @param {string} state
 * @param {number} at
 */
function moveStart(bar, state, at) {
  const isUp = upStates.has(state);
  if (state === "starting" || isUp) bar.beginAt ??= at;
  if (isUp || (goneStates.has(state) && bar.beginAt !== null)) {
    bar.endAt = at;
    bar.failed = !isUp;
  }
}

/**
 * @param {Bar} bar
 * @param {number | null} spawnedAt
 */
function noteSpawn(bar, spawnedAt) {
  if (bar.kind !== "start" || bar.beginAt === null || spawnedAt === null) return;
  bar.spawnedAt = Math.max(bar.beginAt, spawnedAt);
}
