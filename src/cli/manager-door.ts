/**
 * A running manager as the local door sees it: state with what only this process knows, the events of late, and the requests.
 *
 * It adds nothing to the manager's rules. What may be asked is door/door-routes.ts's.
 */
import type { ManagerEvent } from "../bus/event.ts";
import { refusal } from "../bus/refusal.ts";
import { messageOf, ModeshiftError } from "../errors.ts";
import type { LifecycleManager } from "../lifecycle/manager-options.ts";
import { findMode, modeNotFound } from "../modes/catalogue.ts";
import type { TransitionResult } from "../modes/result.ts";
import type { NodeLog } from "../supervisor/supervisor.ts";
import type { DoorRequest, RestartMessage, StateMessage } from "./door/door-messages.ts";
import type { DoorManager } from "./door/door-routes.ts";
import { RecentEvents } from "./door/recent-events.ts";
import { listModes } from "./plan-preview.ts";

/** What the process around the manager knows. */
export interface Surroundings {
  readonly pid: number;
  /** The catalogue's file. */
  readonly source: string;
  /** When it was read, ms since the Unix epoch. */
  readonly readAt: number;
  /** Its bus is Redis. */
  readonly redis: boolean;
  /** Serves the inspector page, with what happened before, and says where. */
  readonly inspect: (port: number | undefined, history: readonly ManagerEvent[]) => Promise<string>;
}

/** See the file header. */
export class ManagerDoor implements DoorManager {
  readonly #manager: LifecycleManager;
  readonly #around: Surroundings;
  readonly #recent: RecentEvents;
  #inspector: string | null = null;

  constructor(manager: LifecycleManager, around: Surroundings) {
    this.#manager = manager;
    this.#around = around;
    this.#recent = new RecentEvents(manager.events$);
  }

  get events$(): DoorManager["events$"] {
    return this.#manager.events$;
  }

  snapshot(): StateMessage {
    const { pid, source, readAt, redis } = this.#around;
    const { state, capabilities } = this.#manager;
    return {
      state,
      supervisor: capabilities,
      pid,
      source,
      readAt,
      inspector: this.#inspector,
      redis,
      seq: this.#recent.lastSeq,
    };
  }

  history(count: number): ReturnType<DoorManager["history"]> {
    return this.#recent.tail(count);
  }

  modes(): ReturnType<DoorManager["modes"]> {
    return listModes(this.#manager.catalogue);
  }

  plan(mode: string): ReturnType<DoorManager["plan"]> {
    return this.#manager.plan(mode);
  }

  async request(asked: DoorRequest, gone: AbortSignal): Promise<TransitionResult> {
    const { id, mode, by, onBusy, ttl } = asked;
    const { catalogue, state } = this.#manager;
    // Every readable request gets an answer (I7), the one for a mode that does not exist too.
    if (findMode(catalogue, mode) === undefined) {
      return refusal(
        asked,
        { code: "MODE_UNKNOWN", message: modeNotFound(catalogue, mode) },
        state,
        Date.now(),
      );
    }
    return this.#manager.changeMode(mode, {
      id,
      signal: gone,
      ...(by === undefined ? {} : { by }),
      ...(onBusy === undefined ? {} : { onBusy }),
      // No time at all is a mistake in a program, and here an answer: expired.
      ...(ttl === undefined ? {} : { deadlineMs: Math.max(ttl, Number.MIN_VALUE) }),
    });
  }

  async restart(node: string): Promise<RestartMessage> {
    const failure = await this.#manager.restartNode(node);
    return { node, failure, status: this.#manager.nodes.get(node) ?? null };
  }

  log(node: string): NodeLog {
    const log = this.#manager.log(node);
    if (log !== undefined) return log;
    throw new ModeshiftError("BAD_OPTION", `What '${node}' prints is not captured by this supervisor.`);
  }

  async inspect(port: number | undefined): Promise<string> {
    try {
      this.#inspector ??= await this.#around.inspect(port, this.#recent.tail(1_000));
      return this.#inspector;
    } catch (error) {
      throw new ModeshiftError("BAD_OPTION", `The inspector page cannot be served: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  stop(): Promise<void> {
    return this.#manager.stop();
  }
}
