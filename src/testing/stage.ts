/**
 * A stage: a real manager on a memory bus and a fake supervisor, in virtual time, with everything written down in the
 * order in which it happened.
 *
 * What happens is said by whoever directs it, step by step: play-schedule.ts, or a scenario.
 */
import { memoryBus, type MemoryBus } from "../bus/memory-bus.ts";
import type { ManagerEvent } from "../bus/event.ts";
import { messageOf } from "../errors.ts";
import { createLifecycleManager } from "../lifecycle-manager.ts";
import type { LifecycleManager } from "../lifecycle/manager-options.ts";
import type { Catalogue } from "../modes/catalogue.ts";
import { fakeSupervisor, type FakeSupervisor } from "./fake-supervisor.ts";
import type { Moment } from "./journal.ts";
import type { ImmediateStep, RequestStep, Schedule, ScheduleStep, Trigger } from "./schedule.ts";
import { simulatedClock, type SimulatedClock } from "./simulated-clock.ts";

/** How long it may take to settle, or to stop, virtual ms. */
const patienceMs = 300_000;

/** See the file header. */
export class Stage {
  readonly #catalogue: Catalogue;
  readonly clock: SimulatedClock = simulatedClock();
  readonly bus: MemoryBus = memoryBus();
  readonly journal: Moment[] = [];
  readonly #armed = new Map<Trigger, ImmediateStep[]>();
  readonly supervisor: FakeSupervisor;
  readonly manager: LifecycleManager;
  #requests = 0;
  #stopping = false;
  #stopped = false;

  constructor(catalogue: Catalogue, nodes: Schedule["nodes"]) {
    this.#catalogue = catalogue;
    this.supervisor = fakeSupervisor({
      nodes,
      onEntry: (entry) => this.journal.push({ at: entry.at, kind: "record", entry }),
    });
    this.supervisor.events$.subscribe(({ node, status, cause }) => {
      this.journal.push({ at: this.clock.now(), kind: "node", node, status, cause });
    });
    const ignore = (): void => undefined;
    // What concerns a node is the node's failure, not the manager's.
    const error = (fields: object, message: string): void =>
      "node" in fields ? undefined : this.#fault(message);
    this.manager = createLifecycleManager({
      catalogue,
      supervisor: this.supervisor,
      bus: this.bus,
      clock: this.clock,
      logger: { debug: ignore, info: ignore, warn: ignore, error },
    });
    this.manager.events$.subscribe((event) => this.#told(event));
  }

  /** Starts the manager; its boot transition begins. */
  async boot(): Promise<void> {
    this.manager.start().catch((error: unknown) => this.#fault(messageOf(error)));
    await this.clock.settle();
  }

  /** Does one step. */
  async take(step: ScheduleStep): Promise<void> {
    if (step.do === "wait") await this.clock.advance(step.ms);
    else if (step.do === "when") this.#arm(step.event, step.then);
    else this.#do(step);
  }

  #arm(event: Trigger, step: ImmediateStep): void {
    this.#armed.set(event, [...(this.#armed.get(event) ?? []), step]);
  }

  #told(event: ManagerEvent): void {
    this.journal.push({ at: this.clock.now(), kind: "event", event });
    const armed = this.#armed.get(event.type as Trigger) ?? [];
    this.#armed.delete(event.type as Trigger);
    for (const step of armed) {
      // A process ends in a turn of its own; only what a program can call happens inside the event.
      if (step.do === "crash") queueMicrotask(() => this.#do(step));
      else this.#do(step);
    }
  }

  #do(step: ImmediateStep): void {
    const at = this.clock.now();
    if (step.do === "request") this.#request(step);
    else if (step.do === "crash") {
      this.journal.push({ at, kind: "crash", node: step.node });
      this.supervisor.crash(step.node, step.exit);
    } else if (step.do === "restart") {
      this.journal.push({ at, kind: "restart", node: step.node });
      this.manager.restartNode(step.node).catch(() => undefined);
    } else this.#stop();
  }

  #stop(): void {
    if (!this.#stopping) this.journal.push({ at: this.clock.now(), kind: "stop" });
    this.#stopping = true;
    void this.manager.stop().then(() => {
      this.#stopped = true;
    });
  }

  #request(request: RequestStep): void {
    const { door, mode, deadlineMs } = request;
    const at = this.clock.now();
    this.#requests += 1;
    const id = `r${this.#requests}`;
    // The caller's own fault (an unknown mode, a closed manager) is thrown at him, and is no request.
    const isFault = this.#stopping || !this.#catalogue.modes.has(mode);
    if (door === "library" ? isFault : this.#stopped) return;
    const deadline = deadlineMs === undefined ? null : at + deadlineMs;
    this.journal.push({ at, kind: "sent", id, request, deadline });
    if (door === "library") this.#askByLibrary(id, request);
    else this.#askByBus(id, request);
  }

  #askByLibrary(id: string, { mode, onBusy, deadlineMs }: RequestStep): void {
    const options = {
      id,
      ...(onBusy === undefined ? {} : { onBusy }),
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
    };
    this.manager.changeMode(mode, options).catch((error: unknown) => this.#fault(messageOf(error)));
  }

  #askByBus(id: string, { mode, onBusy, deadlineMs }: RequestStep): void {
    const ttl: Record<string, string> = deadlineMs === undefined ? {} : { ttl: String(deadlineMs) };
    try {
      this.bus.send({ mode, id, ...ttl, ...(onBusy === undefined ? {} : { on_busy: onBusy }) });
    } catch {
      // The bus is closed while the supervisor still closes.
      this.journal.pop();
    }
  }

  #fault(message: string): void {
    this.journal.push({ at: this.clock.now(), kind: "fault", message });
  }

  /** Lets time pass until nothing is under way. Resolves false when that does not come, or the manager was stopped. */
  async settle(): Promise<boolean> {
    await this.#runUntil(() => this.#isIdle(), patienceMs);
    return this.#isIdle() && !this.#stopping;
  }

  /** Stops the manager, if nobody has, and lets time pass until it has stopped. */
  async stop(): Promise<boolean> {
    this.#do({ do: "stop" });
    await this.#runUntil(() => this.#stopped, patienceMs);
    return this.#stopped;
  }

  #isIdle(): boolean {
    const { transition, waiting } = this.manager.actor.getSnapshot().context;
    return (transition === null && waiting.length === 0) || this.#stopping;
  }

  async #runUntil(done: () => boolean, limitMs: number): Promise<void> {
    const end = this.clock.now() + limitMs;
    await this.clock.settle();
    while (!done()) {
      const { nextAt } = this.clock;
      if (nextAt === undefined || nextAt > end) return;
      await this.clock.advance(nextAt - this.clock.now());
    }
  }
}
