/**
 * What a bus is tested through: the bus itself, and the far end as a client sees it.
 */
import type { Bus, ManagerState } from "../bus/bus.ts";
import type { ManagerEvent } from "../bus/event.ts";
import type { TransitionResult } from "../modes/result.ts";
import type { BusPlayer } from "./bus-player.ts";

/** A bus under test and the far end's view of it. */
export interface BusHarness {
  /** Not open yet. */
  readonly bus: Bus;
  /** A bus of the next manager at the same far end; absent when the far end dies with the bus. */
  readonly successor?: () => Bus;
  /** Sends a request as a client would; resolves with its id when it is on its way. */
  send(fields: Readonly<Record<string, string>>): Promise<string>;
  events(): Promise<readonly ManagerEvent[]>;
  state(): Promise<ManagerState | undefined>;
  result(id: string): Promise<TransitionResult | undefined>;
  /** Why each dead letter is one, oldest first. */
  deadLetters(): Promise<readonly string[]>;
  /** Closes whatever `bus.close()` does not. */
  dispose(): Promise<void>;
}

/** Plays one sentence. @throws when it is broken. */
export type BusCheck = (player: BusPlayer, harness: BusHarness) => Promise<void>;
