/**
 * One node's state machine at work: events in, entered states out, one after the other and each told once.
 *
 * Who is told may send further events at once: their states queue up behind the one being told, while `state` and
 * `status()` are already ahead. What an entered state asks for is managed-node.ts's.
 */
import { createActor, type InspectionEvent, type Observer } from "xstate";
import type { Clock } from "../clock.ts";
import {
  nodeMachine,
  nodeStateOf,
  type NodeActor,
  type NodeMachineEvent,
  type NodeSnapshot,
} from "../machines/node-machine.ts";
import type { NodeSpec } from "../modes/catalogue.ts";
import type { NodeState, NodeStatus } from "../modes/observation.ts";
import { statusOf, type NodeTimes } from "./node-status.ts";

/** What looks at a node's state machine. */
export type Inspect = Observer<InspectionEvent> | ((event: InspectionEvent) => void);

/** A state that was entered. */
export interface EnteredState {
  readonly state: NodeState;
  readonly generation: number;
  /** It is another incarnation than the one before. */
  readonly isNew: boolean;
  readonly status: NodeStatus;
  readonly cause: string;
}

const byItself = "restarted by its policy";

/** See the file header. */
export class NodeLife {
  readonly #actor: NodeActor;
  readonly #onEntered: (entered: EnteredState) => void;
  readonly #entered: { readonly snapshot: NodeSnapshot; readonly cause: string }[] = [];
  #handled: NodeSnapshot;
  #cause = byItself;
  #telling = false;
  #stopped = false;
  #times: NodeTimes = { since: Date.now() };
  #shown:
    | { readonly snapshot: NodeSnapshot; readonly times: NodeTimes; readonly status: NodeStatus }
    | undefined;

  constructor(
    spec: NodeSpec,
    clock: Clock,
    inspect: Inspect | undefined,
    onEntered: (entered: EnteredState) => void,
  ) {
    this.#onEntered = onEntered;
    this.#actor = createActor(nodeMachine, {
      id: `node:${spec.name}`,
      input: { spec },
      // What a timer of the machine leads to is told like everything else, when the machine has finished.
      clock: {
        setTimeout: (callback: () => void, delayMs: number) =>
          clock.setTimeout(() => {
            callback();
            this.#tell();
          }, delayMs),
        clearTimeout: (handle: unknown) => {
          clock.clearTimeout(handle);
        },
      },
      ...(inspect === undefined ? {} : { inspect }),
    });
    this.#handled = this.#actor.getSnapshot();
    this.#actor.subscribe((snapshot) => {
      this.#entered.push({ snapshot, cause: this.#cause });
    });
    this.#actor.start();
  }

  get state(): NodeState {
    return nodeStateOf(this.#actor.getSnapshot());
  }

  get generation(): number {
    return this.#actor.getSnapshot().context.generation;
  }

  /** States are being told: what was sent meanwhile will be told after them. */
  get isTelling(): boolean {
    return this.#telling;
  }

  status(): NodeStatus {
    return this.#statusOf(this.#actor.getSnapshot());
  }

  /** `cause` says in a few words what made it, for people. */
  send(event: NodeMachineEvent, cause: string): void {
    // The last news of a node that could not be ended before we closed: nobody is told any more.
    if (this.#stopped) return;
    if (event.type === "spawned" && event.generation === this.generation) {
      this.#times = { ...this.#times, spawnedAt: Date.now() };
    }
    this.#cause = cause;
    this.#actor.send(event);
    this.#cause = byItself;
    this.#tell();
  }

  stop(): void {
    this.#stopped = true;
    this.#actor.stop();
  }

  #tell(): void {
    if (this.#telling) return;
    this.#telling = true;
    try {
      for (let next = this.#entered.shift(); next !== undefined; next = this.#entered.shift()) {
        const before = this.#handled;
        this.#handled = next.snapshot;
        const { generation } = next.snapshot.context;
        const isNew = generation !== before.context.generation;
        if (!isNew && before.value === next.snapshot.value) continue;
        this.#times = { ...(isNew ? {} : this.#times), since: Date.now() };
        const status = this.#statusOf(next.snapshot);
        this.#onEntered({ state: status.state, generation, isNew, status, cause: next.cause });
      }
    } finally {
      this.#telling = false;
    }
  }

  // Asked for at every event of every node: made once per snapshot.
  #statusOf(snapshot: NodeSnapshot): NodeStatus {
    const times = this.#times;
    if (this.#shown?.snapshot !== snapshot || this.#shown.times !== times) {
      this.#shown = { snapshot, times, status: statusOf(snapshot, times) };
    }
    return this.#shown.status;
  }
}
