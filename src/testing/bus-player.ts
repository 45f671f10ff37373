/**
 * A manager reduced to what a bus sees of it: opens, reads, publishes. For the bus contract, which drives it.
 */
import { Subscription } from "rxjs";
import type { Bus, BusHealth, ManagerState } from "../bus/bus.ts";
import type { UnnumberedEvent } from "../bus/event.ts";
import { systemClock } from "../clock.ts";
import { defineCatalogue } from "../config/define-catalogue.ts";
import type { ModeRequest } from "../modes/request.ts";
import type { TransitionResult } from "../modes/result.ts";

const catalogue = defineCatalogue({
  defaultMode: "idle",
  modes: {
    idle: [],
    teleop: ["drive"],
    autonomous: ["drive", "planner"],
    safe: { nodes: [], urgent: true },
  },
});

const waitForMs = 5_000;
const lookEveryMs = 5;
let players = 0;

/** Plays the manager on one bus. */
export class BusPlayer {
  readonly requests: ModeRequest[] = [];
  readonly health: BusHealth[] = [];
  healthEnded = false;
  readonly #bus: Bus;
  readonly #holder: string;
  readonly #epoch: number;
  readonly #subscriptions = new Subscription();
  #reading = new Subscription();
  #state: Partial<ManagerState> = {};

  constructor(bus: Bus) {
    players += 1;
    this.#bus = bus;
    this.#epoch = players;
    this.#holder = `testing/${players}/contract`;
  }

  open(): void {
    this.#bus.open({
      catalogue,
      clock: systemClock,
      holder: this.#holder,
      epoch: this.#epoch,
      state: () => this.#wholeState(),
      log: () => undefined,
    });
    this.#subscriptions.add(
      this.#bus.health$.subscribe({
        next: (health) => this.health.push(health),
        complete: () => {
          this.healthEnded = true;
        },
        error: () => undefined,
      }),
    );
  }

  read(): void {
    this.#reading = this.#bus.requests$.subscribe({
      next: (request) => this.requests.push(request),
      error: () => undefined,
    });
  }

  stopReading(): void {
    this.#reading.unsubscribe();
  }

  tell(event: UnnumberedEvent, state: Partial<ManagerState> = {}): void {
    this.#state = { ...this.#state, ...state };
    this.#bus.publish({ events: [event], state: this.#wholeState() });
  }

  answer(id: string, mode: string): void {
    const data = changed(id, mode);
    this.tell({ type: "result", id, at: data.at, data }, { mode });
  }

  /** Everything received, once it is so many. @throws when it is not in time. */
  async received(count: number): Promise<readonly ModeRequest[]> {
    await this.until(() => this.requests.length >= count);
    return this.requests;
  }

  /** Looks until it is so. @throws after five seconds. */
  async until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    const end = performance.now() + waitForMs;
    while (!(await isSo())) {
      if (performance.now() > end) {
        throw new Error(`It did not come to pass within ${waitForMs} ms: ${isSo.toString()}`);
      }
      await new Promise((resolve) => {
        setTimeout(resolve, lookEveryMs);
      });
    }
  }

  async close(): Promise<void> {
    this.stopReading();
    await this.#bus.close();
    this.#subscriptions.unsubscribe();
  }

  #wholeState(): ManagerState {
    return {
      namespace: catalogue.namespace,
      mode: "idle",
      target: "idle",
      phase: "idle",
      health: { status: "ok", reasons: [] },
      request: null,
      waiting: [],
      waitingFor: [],
      epoch: this.#epoch,
      holder: this.#holder,
      bus: { status: "connected" },
      nodes: new Map([["drive", { state: "ready", generation: 1, since: 0, restarts: 0, pid: 1 }]]),
      ...this.#state,
    };
  }
}

/** An event to be told. */
export function acceptance(id: string): UnnumberedEvent {
  return {
    type: "accepted",
    id,
    at: Date.now(),
    data: { mode: "idle", by: null, onBusy: "preempt", position: 0 },
  };
}

function changed(requestId: string, requestedMode: string): TransitionResult {
  return {
    requestId,
    requestedMode,
    outcome: "changed",
    ok: true,
    previousMode: null,
    currentMode: requestedMode,
    nodesStarted: [],
    nodesStopped: [],
    errors: [],
    attempt: 1,
    durationMs: 1,
    at: Date.now(),
  };
}
