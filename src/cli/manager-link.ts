/**
 * The way to a manager, whichever it is: the local door (door/door-client.ts) or Redis (redis-link.ts).
 *
 * Logs, restart, down and inspect are not here: only the local door offers them.
 */
import type { ManagerEvent } from "../bus/event.ts";
import type { ModePlan } from "../lifecycle/mode-plan.ts";
import type {
  DoorRequest,
  ModeMessage,
  RequestAnswer,
  StateMessage,
  StreamItem,
} from "./door/door-messages.ts";

/** See the file header. */
export interface ManagerLink {
  readonly namespace: string;
  state(): Promise<StateMessage>;
  modes(): Promise<readonly ModeMessage[]>;
  /** @throws MODE_UNKNOWN */
  plan(mode: string): Promise<ModePlan>;
  /** The last events, oldest first. */
  history(count: number): Promise<readonly ManagerEvent[]>;
  /** The whole state, then every event after it; ends when `signal` aborts (I16). @throws MANAGER_LOST */
  watch(signal?: AbortSignal): AsyncGenerator<StreamItem>;
  /** Waits for the result, or for the acceptance when `wait` is false. Abort of `signal` ends only the wait. */
  request(asked: DoorRequest, signal?: AbortSignal): Promise<RequestAnswer>;
  close(): Promise<void>;
}
