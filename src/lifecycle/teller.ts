/**
 * The teller: turns what machine, executor and supervisor do into events, one publication a turn.
 *
 * It decides nothing. Health is derived anew at every turn's end, and told when it has changed; while a transition
 * runs the last health stands, because what is being changed cannot be judged by either mode.
 */
import type { Observable } from "rxjs";
import type { ModeActor } from "../bus/bridge.ts";
import type { Bus, ManagerState } from "../bus/bus.ts";
import type { EventData, EventType, ManagerEvent } from "../bus/event.ts";
import type { Clock } from "../clock.ts";
import type { Catalogue } from "../modes/catalogue.ts";
import { healthOf, type Health } from "../modes/health.ts";
import type { NodeStatus } from "../modes/observation.ts";
import type { TransitionResult } from "../modes/result.ts";
import type { Executor } from "../supervisor/executor.ts";
import type { SupervisorEvent } from "../supervisor/supervisor.ts";
import { createProgressTeller, type ProgressTeller } from "./progress-teller.ts";
import { createReporter, type Reporter } from "./reporter.ts";

/** What a teller listens to. `state`: the whole state now, with the given health. */
export interface TellerOptions {
  readonly catalogue: Catalogue;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly actor: ModeActor;
  readonly executor: Executor;
  readonly nodes: () => ReadonlyMap<string, NodeStatus>;
  readonly state: (health: Health) => ManagerState;
}

/** See the file header. */
export class Teller {
  readonly #options: TellerOptions;
  readonly #reporter: Reporter;
  readonly #progress: ProgressTeller;
  #health: Health = { status: "ok", reasons: [] };

  constructor(options: TellerOptions) {
    this.#options = options;
    this.#reporter = createReporter({
      bus: options.bus,
      state: () => this.#state(),
      beforeFlush: () => this.#tellHealth(),
    });
    this.#progress = createProgressTeller(options.clock, () => this.#tellProgress());
  }

  get events$(): Observable<ManagerEvent> {
    return this.#reporter.events$;
  }

  get state$(): Observable<ManagerState> {
    return this.#reporter.state$;
  }

  get health(): Health {
    return this.#health;
  }

  /** Begins to tell what the machine emits, to the open bus too. `keepPlace` is called at every begin and settling, before it is told. */
  start(keepPlace: () => void): void {
    const { actor } = this.#options;
    this.#reporter.publish();
    actor.on("accepted", ({ request, onBusy, position }) => {
      const { mode, by = null } = request;
      this.tell("accepted", request.requestId, { mode, by, onBusy, position });
    });
    actor.on("transition", ({ requestId, cause, from, to, plan, attempt }) => {
      keepPlace();
      this.#progress.stop();
      this.tell("transition", requestId, { cause, from, to, plan, attempt });
    });
    actor.on("result", keepPlace);
  }

  tell<Type extends EventType>(type: Type, id: string, data: EventData[Type]): void {
    this.#reporter.tell(type, id, data);
  }

  tellNode({ node, status, cause }: SupervisorEvent): void {
    const { state, generation, restarts, since } = status;
    const { pid = null, exit = null, gaveUp = false, spawnedAt = null } = status;
    const told = { node, state, generation, pid, exit, restarts, gaveUp, since, spawnedAt, cause };
    this.tell("node", this.#requestId(), told);
  }

  /** An answered request was sent again: its result goes to the bus once more, and to nobody else. */
  repeat(result: TransitionResult): void {
    const event = { type: "result", id: result.requestId, at: result.at, data: result } as const;
    this.#options.bus.publish({ events: [event], state: this.#state() });
  }

  /** The running plan has advanced. */
  progressed(): void {
    this.#progress.changed();
  }

  /** Something beside the machine has changed the state. */
  touch(): void {
    this.#reporter.touch();
  }

  complete(): void {
    this.#progress.stop();
    this.#reporter.flush();
    this.#reporter.complete();
  }

  #state(): ManagerState {
    return this.#options.state(this.#health);
  }

  #requestId(): string {
    return this.#options.actor.getSnapshot().context.transition?.request.requestId ?? "";
  }

  #tellHealth(): void {
    const { catalogue, actor, nodes } = this.#options;
    const { transition, current, shuttingDown } = actor.getSnapshot().context;
    if (transition !== null || shuttingDown) return;
    const health = healthOf(catalogue, current, nodes());
    if (JSON.stringify(health) === JSON.stringify(this.#health)) return;
    this.#health = health;
    this.tell("health", "", health);
  }

  #tellProgress(): void {
    const running = this.#options.executor.progress();
    if (running === null) return;
    const { done, total, waitingFor } = running;
    // The machine hears of the next phase only when this turn of its own is over.
    const { phase: told } = this.#state();
    const phase = told === "stopping" ? running.phase : told;
    this.tell("progress", this.#requestId(), { phase, done, total, waitingFor });
  }
}
