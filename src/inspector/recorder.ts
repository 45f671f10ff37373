/**
 * The recorder: what a manager did of late, bounded, so that who looks late sees how it came to this (I16).
 *
 * It listens from its creation on and costs one push per event while nobody looks. Progress is not kept: it tells
 * nothing once it is over. Who is told, and how, is feed.ts's.
 */
import type { Subscription } from "rxjs";
import type { EventData, ManagerEvent } from "../bus/event.ts";
import type { Inspected } from "./inspected.ts";
import { nodesNow, pictureOf, statePicture } from "./picture.ts";
import type { NodeNow, Picture, StatePicture } from "./picture.ts";

const keptEvents = 4_000;

/** What follows the recorder. Neither may throw. */
export interface RecorderListener {
  readonly onEvent: (event: ManagerEvent) => void;
  /** The state may have changed, or nothing more will come. */
  readonly onState: () => void;
}

/** See the file header. */
export class Recorder {
  readonly #manager: Inspected;
  readonly #subscriptions: readonly Subscription[];
  #events: ManagerEvent[];
  /** The number of the newest event that was let go. */
  #droppedSeq: number;
  #lastSeq: number;
  #listener: RecorderListener | undefined;
  #ended = false;
  #picture: Picture | undefined;
  /** Nodes that were seen starting without a process. */
  readonly #unspawned = new Set<string>();

  constructor(manager: Inspected, history: readonly ManagerEvent[]) {
    this.#manager = manager;
    this.#events = history.filter((event) => event.type !== "progress").slice(-keptEvents);
    this.#lastSeq = history.at(-1)?.seq ?? 0;
    this.#droppedSeq = (this.#events[0]?.seq ?? 0) - 1;
    this.#subscriptions = [
      manager.events$.subscribe({
        next: (event) => this.#take(event),
        complete: () => {
          this.#ended = true;
          this.#listener?.onState();
        },
      }),
      manager.state$.subscribe(() => this.#listener?.onState()),
    ];
  }

  /** The manager has stopped: nothing more will come. */
  get ended(): boolean {
    return this.#ended;
  }

  get state(): StatePicture {
    return statePicture(this.#manager);
  }

  get nodes(): readonly NodeNow[] {
    return nodesNow(this.#manager);
  }

  /** Some node is starting and has, as far as was told, no process yet. */
  get isSpawning(): boolean {
    return this.#unspawned.size > 0;
  }

  /** Nodes that are starting and have a process by now, each told once. */
  takeSpawned(): readonly NodeNow[] {
    if (!this.isSpawning) return [];
    const { nodes } = this.#manager.state;
    return [...this.#unspawned].flatMap((node) => {
      const status = nodes.get(node);
      if (status?.state === "starting" && status.spawnedAt === undefined) return [];
      this.#unspawned.delete(node);
      return status?.state === "starting" ? [{ node, ...status }] : [];
    });
  }

  /** The number of the last event, kept or not. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** What does not change while the manager lives. */
  get picture(): Picture {
    return (this.#picture ??= pictureOf(this.#manager));
  }

  /** The kept events, oldest first. */
  get events(): readonly ManagerEvent[] {
    return this.#events;
  }

  /** The kept events after `seq`; undefined when one of them was let go. */
  after(seq: number): readonly ManagerEvent[] | undefined {
    if (seq > this.#lastSeq || seq < this.#droppedSeq) return undefined;
    return this.#events.filter((event) => event.seq > seq);
  }

  /** At most one listens. */
  listen(listener: RecorderListener): void {
    this.#listener = listener;
  }

  close(): void {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
  }

  #watch({ node, state, spawnedAt }: EventData["node"]): void {
    if (state === "starting" && spawnedAt === null) this.#unspawned.add(node);
    else this.#unspawned.delete(node);
  }

  #take(event: ManagerEvent): void {
    this.#lastSeq = event.seq;
    if (event.type !== "progress") this.#events.push(event);
    if (event.type === "node") this.#watch(event.data);
    // Twice the length before it is cut: an array that is cut at every push is copied at every push.
    if (this.#events.length >= 2 * keptEvents) {
      this.#events = this.#events.slice(-keptEvents);
      this.#droppedSeq = (this.#events[0]?.seq ?? 0) - 1;
    }
    this.#listener?.onEvent(event);
  }
}
