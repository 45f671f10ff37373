/**
 * The journal of a played schedule: everything that happened, in order, as plain data for whoever judges it.
 */
import type { ManagerState } from "../bus/bus.ts";
import type { ManagerEvent } from "../bus/event.ts";
import type { MemoryBus } from "../bus/memory-bus.ts";
import type { ModeContext } from "../machines/context.ts";
import type { Catalogue } from "../modes/catalogue.ts";
import type { NodeStatus } from "../modes/observation.ts";
import type { FakeEntry } from "./fake-record.ts";
import type { FakeSupervisor } from "./fake-supervisor.ts";
import type { RequestStep, Schedule } from "./schedule.ts";

/** One thing that happened. `at`: virtual ms. */
export type Moment = { readonly at: number } &
  /** A request was sent, successfully. `deadline`: virtual ms. */
  (
    | {
        readonly kind: "sent";
        readonly id: string;
        readonly request: RequestStep;
        readonly deadline: number | null;
      }
    | { readonly kind: "crash" | "restart"; readonly node: string }
    | { readonly kind: "stop" }
    /** The supervisor told a change. */
    | { readonly kind: "node"; readonly node: string; readonly status: NodeStatus; readonly cause: string }
    /** The supervisor was asked, or a fake process did something. */
    | { readonly kind: "record"; readonly entry: FakeEntry }
    /** The manager told an event. */
    | { readonly kind: "event"; readonly event: ManagerEvent }
    /** The manager logged an error: something failed against its contract. */
    | { readonly kind: "fault"; readonly message: string }
  );

/** How everything stood at a moment of rest. */
export interface Rest {
  readonly at: number;
  readonly context: ModeContext;
  readonly state: ManagerState;
  readonly running: ReadonlyMap<string, NodeStatus>;
}

/** What came of a schedule. */
export interface Played {
  readonly catalogue: Catalogue;
  readonly schedule: Schedule;
  readonly journal: readonly Moment[];
  /** After the last step, with time to settle; null when it did not settle, or was stopped before. */
  readonly rest: Rest | null;
  /** The manager's stop() has resolved. */
  readonly stopped: boolean;
  readonly bus: MemoryBus;
  readonly supervisor: FakeSupervisor;
}
