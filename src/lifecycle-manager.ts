/**
 * `createLifecycleManager`: wires catalogue, machine, executor, supervisor and bus, and owns the order of start-up and
 * shutdown (I18).
 *
 * It decides nothing about modes (machines/), runs nothing (supervisor/), speaks no protocol (bus/), tells by a teller.
 */
import { fromEvent, takeUntil, type Observable } from "rxjs";
import type { ModeActor } from "./bus/bridge.ts";
import type { BusHealth, ManagerState } from "./bus/bus.ts";
import type { EventData, ManagerEvent } from "./bus/event.ts";
import { messageOf, ModeshiftError } from "./errors.ts";
import type { ChangeModeOptions } from "./lifecycle/change-mode.ts";
import { Intake } from "./lifecycle/intake.ts";
import { Listener } from "./lifecycle/listener.ts";
import { logResult, logTo, type LogLevel } from "./lifecycle/logger.ts";
import type { LifecycleManager, LifecycleManagerOptions } from "./lifecycle/manager-options.ts";
import { managerParts, type ManagerParts } from "./lifecycle/manager-parts.ts";
import { bootMode, managerState, observation, placeOf, type Stage } from "./lifecycle/manager-state.ts";
import { createModeActor, shutDownActor } from "./lifecycle/mode-actor.ts";
import { diffOf, modePlan, type ModePlan } from "./lifecycle/mode-plan.ts";
import { assertPlatform } from "./lifecycle/platform.ts";
import { assertNode, restartNode } from "./lifecycle/restart-node.ts";
import { takeOver } from "./lifecycle/take-over.ts";
import { Teller } from "./lifecycle/teller.ts";
import type { Catalogue } from "./modes/catalogue.ts";
import type { ModeDiff } from "./modes/diff.ts";
import type { Health } from "./modes/health.ts";
import { isRunning, type NodeStatus } from "./modes/observation.ts";
import type { NodeError, TransitionResult } from "./modes/result.ts";
import type { Executor } from "./supervisor/executor.ts";
import { holderName } from "./supervisor/holder-name.ts";
import type { NodeLog, PlaceRecord, SupervisorCapabilities } from "./supervisor/supervisor.ts";

/**
 * A manager of the catalogue's modes, not started. It installs no signal handlers, ends no process and prints nothing.
 *
 * @throws ModeshiftError BAD_OPTION
 *
 * @example
 * ```ts
 * import { createLifecycleManager, defineCatalogue, supervisorFrom } from "modeshift";
 * const running = new Set<string>();
 * const supervisor = supervisorFrom({
 *   startNode: async (name) => void running.add(name),
 *   stopNode: async (name) => void running.delete(name),
 *   getRunningNodes: () => [...running],
 * });
 * const catalogue = defineCatalogue({ defaultMode: "idle", modes: { idle: [], teleop: ["camera", "drive"] } });
 * const manager = createLifecycleManager({ catalogue, supervisor });
 * await manager.start();
 * const result = await manager.changeMode("teleop");
 * result.outcome; // => "changed"
 * result.nodesStarted; // => ["camera", "drive"]
 * await manager.stop();
 * ```
 */
export function createLifecycleManager<M extends string, N extends string>(
  options: LifecycleManagerOptions<M, N>,
): LifecycleManager<M, N> {
  return new Manager(options);
}

class Manager<M extends string, N extends string> implements LifecycleManager<M, N> {
  readonly catalogue: Catalogue<M, N>;
  readonly actor: ModeActor;
  readonly state$: Observable<ManagerState>;
  readonly events$: Observable<ManagerEvent>;
  readonly results$: Observable<TransitionResult<M>>;
  readonly #parts: ManagerParts<M, N>;
  readonly #executor: Executor;
  readonly #teller: Teller;
  readonly #holder = holderName();
  /** Who runs the nodes while this one stands by. */
  #rival = "";
  readonly #intake: Intake<M>;
  readonly #listener = new Listener((message) => this.#log("error", message));
  readonly #closing = new AbortController();
  #stage: Stage = "new";
  #isSupervisorOpen = false;
  #starting: Promise<TransitionResult<M>> | null = null;
  #stopping: Promise<void> | null = null;
  #epoch = 0;
  #busHealth: BusHealth = { status: "connecting" };

  constructor(options: LifecycleManagerOptions<M, N>) {
    this.#parts = managerParts(options);
    const { catalogue, supervisor, bus, clock } = this.#parts;
    this.catalogue = catalogue;
    const { actor, executor } = createModeActor({
      ...{ catalogue, supervisor, clock, inspect: options.inspect },
      onProgress: () => this.#teller.progressed(),
    });
    this.actor = actor;
    this.#executor = executor;
    this.#teller = new Teller({
      ...{ catalogue, bus, clock, actor, executor },
      nodes: () => this.nodes,
      state: (health) => this.#stateWith(health),
    });
    this.#intake = new Intake({
      ...{ catalogue, clock, actor },
      onRepeat: (result) => this.#teller.repeat(result),
      warn: (message, fields) => this.#log("warn", message, fields),
    });
    this.state$ = this.#teller.state$;
    this.events$ = this.#teller.events$;
    this.results$ = this.#intake.results$;
  }

  get capabilities(): SupervisorCapabilities {
    return this.#parts.supervisor.capabilities;
  }

  get currentMode(): M | null {
    return this.actor.getSnapshot().context.current as M | null;
  }

  get nodes(): ReadonlyMap<string, NodeStatus> {
    return this.#parts.supervisor.running();
  }

  get runningNodes(): readonly N[] {
    return [...this.nodes].filter(([, status]) => isRunning(status)).map(([node]) => node as N);
  }

  get state(): ManagerState {
    return this.#stateWith(this.#teller.health);
  }

  async start(): Promise<TransitionResult<M>> {
    this.#assertOpen();
    return (this.#starting ??= this.#boot());
  }

  async changeMode(mode: M, options: ChangeModeOptions = {}): Promise<TransitionResult<M>> {
    this.#assertRunning();
    return this.#intake.ask(mode, options);
  }

  calculateModeDiff(mode: M): ModeDiff<N> {
    return diffOf(this.plan(mode));
  }

  plan(mode: M): ModePlan<M, N> {
    return modePlan(this.catalogue, this.actor.getSnapshot().context, this.nodes, mode);
  }

  async restartNode(node: N): Promise<NodeError | null> {
    this.#assertRunning();
    return restartNode(
      { catalogue: this.catalogue, supervisor: this.#parts.supervisor, actor: this.actor },
      node,
    );
  }

  log(node: N): NodeLog | undefined {
    assertNode(this.catalogue, node);
    return this.#parts.supervisor.log?.(node);
  }

  killAll(): void {
    this.#parts.supervisor.killAll();
  }

  stop(): Promise<void> {
    return (this.#stopping ??= this.#shutDown());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #boot(): Promise<TransitionResult<M>> {
    assertPlatform();
    const opened = await takeOver({
      ...this.#parts,
      signal: this.#closing.signal,
      onStandby: (holder) => this.#standBy(holder),
      onFenced: () => this.#fenced(),
    });
    this.#isSupervisorOpen = true;
    this.#assertOpen();
    this.#epoch = opened.epoch;
    this.#parts.bus.open({
      ...{ catalogue: this.catalogue, clock: this.#parts.clock, holder: this.#holder, epoch: this.#epoch },
      state: () => this.state,
      log: this.#log,
    });
    this.#log("info", "took the nodes over", { epoch: opened.epoch, leftovers: opened.leftovers });
    const what = this.#stage === "standby" ? "takeover" : "up";
    this.#stage = "running";
    this.#connect();
    this.#tellOfManager(what);
    const answer = this.#intake.answer(`boot-${this.#epoch}`);
    this.actor.send({ type: "boot", mode: bootMode(this.catalogue, opened.interrupted), epoch: this.#epoch });
    // Shutdown leaves what is not read yet where it is, for a successor (I18).
    const requests$ = this.#parts.bus.requests$.pipe(takeUntil(fromEvent(this.#closing.signal, "abort")));
    this.#listener.listen(requests$, "request", (request) => this.#intake.take(request));
    return answer;
  }

  #standBy(holder: string): void {
    this.#stage = "standby";
    this.#rival = holder;
    this.#log("info", "standing by: another manager has the robot", { holder });
    this.#tellOfManager("standby", holder);
  }

  #connect(): void {
    this.#listener.listen(this.#parts.bus.health$, "bus health", (health) => {
      this.#busHealth = health;
      this.#teller.touch();
    });
    this.#listener.listen(this.#parts.supervisor.events$, "supervisor", (event) => {
      // Told first: what the machine makes of it comes after it.
      this.#teller.tellNode(event);
      this.actor.send(observation(event.node, event.status));
    });
    this.#teller.start(() => this.#record(placeOf(this.catalogue, this.actor.getSnapshot())));
    const results$ = this.#intake.connect((result) => this.#teller.tell("result", result.requestId, result));
    this.#listener.listen(results$, "mode machine", (result) => logResult(this.#parts.logger, result));
    this.actor.start();
    for (const [node, status] of this.nodes) this.actor.send(observation(node, status));
  }

  #fenced(): void {
    this.#log("error", "fenced: another manager holds the state directory, this one touches nothing more");
    this.#tellOfManager("fenced");
    void this.stop();
  }

  async #shutDown(): Promise<void> {
    const stage = this.#stage;
    const { bus, supervisor } = this.#parts;
    this.#stage = "closed";
    this.#closing.abort();
    if (stage === "running") {
      for (const { node, code, message } of await shutDownActor(this.actor)) {
        this.#log("error", message, { node, code });
      }
    } else await this.#starting?.catch(() => undefined);
    this.#tellOfManager("down");
    this.#teller.complete();
    this.#intake.complete();
    if (stage === "running") {
      await this.#attempt("the bus did not close", () => bus.close({ timeoutMs: 2_000 }));
      this.#record(null);
    }
    this.#listener.close();
    this.actor.stop();
    if (this.#isSupervisorOpen) await this.#attempt("the supervisor did not close", () => supervisor.close());
  }

  #record(place: PlaceRecord | null): void {
    const { supervisor } = this.#parts;
    void this.#attempt("the manager's place was not recorded", () => supervisor.record?.(place));
  }

  /** What a part throws is a line in the log (I13). */
  async #attempt(problem: string, act: () => Promise<void> | void): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.#log("error", `${problem}: ${messageOf(error)}`);
    }
  }

  #tellOfManager(what: EventData["manager"]["what"], holder = this.#holder): void {
    this.#teller.tell("manager", "", { what, holder, epoch: this.#epoch });
  }

  #stateWith(health: Health): ManagerState {
    return managerState(this.actor.getSnapshot(), {
      namespace: this.catalogue.namespace,
      holder: this.#stage === "standby" ? this.#rival : this.#holder,
      epoch: this.#epoch,
      stage: this.#stage,
      health,
      bus: this.#busHealth,
      waitingFor: this.#executor.progress()?.waitingFor ?? [],
      nodes: this.nodes,
    });
  }

  #assertOpen(): void {
    if (!this.#closing.signal.aborted) return;
    throw new ModeshiftError("CLOSED", "The manager was stopped: create a new one to start again.");
  }

  #assertRunning(): void {
    this.#assertOpen();
    if (this.#stage === "running") return;
    throw new ModeshiftError("NOT_STARTED", "The manager is not started: await manager.start() first.");
  }

  readonly #log = (level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void =>
    logTo(this.#parts.logger, level, message, fields);
}
