/**
 * Everything the page knows of the manager, made from the feed's frames.
 *
 * It draws nothing. Views compare `revisions` to see whether what they show has changed.
 *
 * @import { ManagerEvent } from "../../bus/event.ts"
 * @import { Frame } from "../frame.ts"
 * @import { NodeNow, Picture, StatePicture } from "../picture.ts"
 */
import { Transitions } from "./transitions.js";

const keptEvents = 5_000;

/** connecting: never was there yet. live. lost: gone, and being looked for. paused: nobody looks. ended: the manager has stopped. */
/** @typedef {"connecting" | "live" | "lost" | "paused" | "ended"} Connection */

/** See the file header. */
export class Model {
  /** @type {Picture | null} */
  picture = null;
  /** @type {StatePicture | null} */
  state = null;
  /** Nodes as they are now, those of the catalogue first. @type {Map<string, NodeNow>} */
  nodes = new Map();
  /** Oldest first. @type {ManagerEvent[]} */
  events = [];
  transitions = new Transitions();
  /** How far the running plan is. @type {{ readonly done: number, readonly total: number } | null} */
  progress = null;
  /** @type {Connection} */
  connection = "connecting";
  /** The manager has stopped and is in no mode, whether it can still be reached or not. */
  hasEnded = false;
  /** What views compare. */
  revisions = { picture: 0, state: 0, nodes: 0, events: 0, transitions: 0 };
  /** What the manager's clock is ahead of ours, ms. */
  #ahead = 0;

  /** The manager's time, ms since the Unix epoch. */
  get now() {
    return Date.now() + this.#ahead;
  }

  /** @param {Connection} connection */
  connect(connection) {
    this.connection = connection;
    this.revisions.state += 1;
  }

  /** @param {Frame} frame */
  take(frame) {
    this.#ahead = frame.now - Date.now();
    if (frame.picture !== undefined) this.#startOver(frame.picture);
    for (const event of frame.events) this.#takeEvent(event);
    if (this.events.length >= 2 * keptEvents) this.events = this.events.slice(-keptEvents);
    if (frame.nodes !== undefined) this.#takeNodes(frame.nodes);
    for (const node of frame.spawned ?? []) this.#takeSpawned(node);
    if (frame.state !== undefined) {
      this.state = frame.state;
      this.revisions.state += 1;
      if (frame.state.request === null) this.progress = null;
    }
    if (frame.more) return;
    this.hasEnded = frame.ended;
    this.connect(frame.ended ? "ended" : "live");
  }

  /** @param {Picture} picture */
  #startOver(picture) {
    this.picture = picture;
    this.events = [];
    this.nodes = new Map();
    this.transitions = new Transitions();
    this.progress = null;
    this.revisions.picture += 1;
    this.revisions.events += 1;
    this.revisions.transitions += 1;
  }

  /** @param {readonly NodeNow[]} nodes */
  #takeNodes(nodes) {
    const seen = new Map(nodes.map((node) => [node.node, node]));
    const names = new Set([...(this.picture?.nodes ?? []).map(({ name }) => name), ...seen.keys()]);
    this.nodes = new Map([...names].map((name) => [name, seen.get(name) ?? neverSeen(name)]));
    this.revisions.nodes += 1;
    for (const node of nodes) this.#noteSpawn(node);
  }

  /** @param {NodeNow} node */
  #takeSpawned(node) {
    const { state, generation } = this.nodes.get(node.node) ?? {};
    if (state !== node.state || generation !== node.generation) return;
    this.nodes.set(node.node, node);
    this.revisions.nodes += 1;
    this.#noteSpawn(node);
  }

  /** @param {NodeNow} node */
  #noteSpawn({ node, state, spawnedAt }) {
    if (state !== "starting" || spawnedAt === undefined) return;
    if (this.transitions.spawned(node, spawnedAt)) this.revisions.transitions += 1;
  }

  /** @param {ManagerEvent} event */
  #takeEvent(event) {
    if (event.type === "progress") {
      this.progress = event.data;
      this.revisions.state += 1;
      return;
    }
    this.events.push(event);
    this.revisions.events += 1;
    if (event.type === "node") this.#takeNode(event.data);
    if (event.type === "transition") this.progress = null;
    if (this.transitions.take(event)) this.revisions.transitions += 1;
  }

  /** @param {Extract<ManagerEvent, { type: "node" }>["data"]} data */
  #takeNode({ node, state, generation, pid, exit, restarts, gaveUp, since, spawnedAt }) {
    this.nodes.set(node, {
      ...{ node, state, generation, restarts, gaveUp, since },
      ...(pid === null ? {} : { pid }),
      ...(exit === null ? {} : { exit }),
      ...(spawnedAt === null ? {} : { spawnedAt }),
    });
    this.revisions.nodes += 1;
  }
}

/**
 * @param {string} node
 * @returns {NodeNow}
 */
function neverSeen(node) {
  return { node, state: "stopped", generation: 0, restarts: 0, since: 0 };
}
