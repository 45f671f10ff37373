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
import { createProgressTeller } from "./progress-teller.ts";
import { createReporter } from "./reporter.ts";

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
export interface Teller {
  readonly events$: Observable<ManagerEvent>;
  readonly state$: Observable<ManagerState>;
  readonly health: Health;
  /** Begins to tell what the machine emits. `keepPlace` is called at every begin and settling, before it is told. */
  start(keepPlace: () => void): void;
  tell<Type extends EventType>(type: Type, id: string, data: EventData[Type]): void;
  tellNode(event: SupervisorEvent): void;
  /** An answered request was sent again: its result goes to the bus once more, and to nobody else. */
  repeat(result: TransitionResult): void;
  /** The running plan has advanced. */
  progressed(): void;
  /** Something beside the machine has changed the state. */
  touch(): void;
  complete(): void;
}

/** Creates the teller of one manager. */
export function createTeller({
  catalogue,
  bus,
  clock,
  actor,
  executor,
  nodes,
  state,
}: TellerOptions): Teller {
  let health: Health = { status: "ok", reasons: [] };
  const now = (): ManagerState => state(health);
  const reporter = createReporter({ bus, state: now, beforeFlush: tellHealth });
  const progress = createProgressTeller(clock, tellProgress);
  const requestId = (): string => actor.getSnapshot().context.transition?.request.requestId ?? "";

  function tellHealth(): void {
    const { transition, current, shuttingDown } = actor.getSnapshot().context;
    if (transition !== null || shuttingDown) return;
    const next = healthOf(catalogue, current, nodes());
    if (JSON.stringify(next) === JSON.stringify(health)) return;
    health = next;
    reporter.tell("health", "", health);
  }

  function tellProgress(): void {
    const running = executor.progress();
    if (running === null) return;
    const { done, total, waitingFor } = running;
    reporter.tell("progress", requestId(), { phase: now().phase, done, total, waitingFor });
  }

  return {
    events$: reporter.events$,
    state$: reporter.state$,
    get health() {
      return health;
    },
    start(keepPlace) {
      actor.on("accepted", ({ request, onBusy, position }) => {
        const { mode, by = null } = request;
        reporter.tell("accepted", request.requestId, { mode, by, onBusy, position });
      });
      actor.on("transition", ({ requestId: id, cause, from, to, plan, attempt }) => {
        keepPlace();
        progress.stop();
        reporter.tell("transition", id, { cause, from, to, plan, attempt });
      });
      actor.on("result", keepPlace);
    },
    tell: reporter.tell,
    tellNode({ node, status, cause }) {
      const {
        state: nodeState,
        generation,
        restarts,
        since,
        pid = null,
        exit = null,
        gaveUp = false,
      } = status;
      const data = { node, state: nodeState, generation, pid, exit, restarts, gaveUp, since, cause };
      reporter.tell("node", requestId(), data);
    },
    repeat(result) {
      bus.publish({
        events: [{ type: "result", id: result.requestId, at: result.at, data: result }],
        state: now(),
      });
    },
    progressed: () => progress.changed(),
    touch: reporter.touch,
    complete() {
      progress.stop();
      reporter.flush();
      reporter.complete();
    },
  };
}
