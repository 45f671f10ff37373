/**
 * A supervisor whose nodes are scripts: real supervision (managed nodes, restart policies, conflicts, generations) over
 * fake processes on any clock, and a record of everything that was asked and done.
 *
 * It keeps the port's contract (supervisor.ts) and passes its suite. How a fake process behaves is fake-process.ts's.
 * Holds I12 and, through the managed nodes, I10, I17 and I20.
 */
import { Subject } from "rxjs";
import { systemClock } from "../clock.ts";
import { codeOf } from "../errors.ts";
import type { NodeSpec } from "../modes/catalogue.ts";
import { isOccupying, type NodeExit, type NodeStatus } from "../modes/observation.ts";
import { ManagedNode } from "../supervisor/managed-node.ts";
import { NodeFault } from "../supervisor/node-fault.ts";
import type {
  PlaceRecord,
  StopOptions,
  Supervisor,
  SupervisorContext,
  SupervisorEvent,
  SupervisorOpened,
  WaitOptions,
} from "../supervisor/supervisor.ts";
import { FakeProcess, type FakeBehaviour, type FakeHost } from "./fake-process.ts";
import type { FakeEntry } from "./fake-record.ts";

/** How a node behaves: always the same, or a list with one behaviour for each start, the last of them for ever. */
export type FakeScript = FakeBehaviour | readonly FakeBehaviour[];

/** What a fake supervisor begins with. */
export interface FakeSupervisorOptions {
  /** How nodes behave, until `script` says otherwise. Nodes it does not name work at once. */
  readonly nodes?: Readonly<Record<string, FakeScript>> | ReadonlyMap<string, FakeScript>;
  /** What `open` reports, as if a manager had died before: epoch 1, nothing interrupted, no leftovers by default. */
  readonly opened?: Partial<SupervisorOpened>;
  /** Told every entry of the record as it is made. */
  readonly onEntry?: (entry: FakeEntry) => void;
}

/** A {@link Supervisor} that a test directs and looks into. */
export interface FakeSupervisor extends Supervisor {
  /** How a node starts from its next start on, and how it ends from now on. */
  script(node: string, behaviour: FakeScript): void;
  /** Ends a node's process now, unasked. Does nothing when it has none. */
  crash(node: string, exit?: NodeExit): void;
  /** Everything asked and done so far, in order. */
  readonly entries: readonly FakeEntry[];
  /** What `record` was given last; undefined: never called. */
  readonly place: PlaceRecord | null | undefined;
}

/**
 * A new fake supervisor. Its clock is the manager's.
 *
 * @example
 * ```ts
 * import { createLifecycleManager, defineCatalogue } from "modeshift";
 * import { fakeSupervisor, simulatedClock } from "modeshift/testing";
 * const catalogue = defineCatalogue({ defaultMode: "idle", modes: { idle: [], teleop: ["camera"] } });
 * const supervisor = fakeSupervisor({ nodes: { camera: { startMs: 300 } } });
 * const clock = simulatedClock();
 * const manager = createLifecycleManager({ catalogue, supervisor, clock });
 * const boot = manager.start();
 * await clock.runAll();
 * (await boot).outcome; // => "changed"
 * const change = manager.changeMode("teleop");
 * await clock.advance(299);
 * manager.currentMode; // => "idle"
 * await clock.advance(1);
 * (await change).nodesStarted; // => ["camera"]
 * ```
 */
export function fakeSupervisor(options: FakeSupervisorOptions = {}): FakeSupervisor {
  return new ScriptedSupervisor(options);
}

class ScriptedSupervisor implements FakeSupervisor {
  readonly capabilities = {
    kind: "fake",
    isolation: "none",
    observesExits: true,
    readsLogs: false,
    notes: [],
  } as const;
  readonly entries: FakeEntry[] = [];
  readonly #events = new Subject<SupervisorEvent>();
  readonly events$ = this.#events.asObservable();
  readonly #scripts = new Map<string, FakeBehaviour[]>();
  readonly #onEntry: FakeSupervisorOptions["onEntry"];
  readonly #opened: SupervisorOpened;
  readonly #nodes = new Map<string, ManagedNode>();
  readonly #processes = new Map<string, FakeProcess>();
  #clock = systemClock;
  #place: PlaceRecord | null | undefined;
  #closing: Promise<void> | undefined;
  #calls = 0;
  #pids = 0;

  constructor({ nodes = {}, opened = {}, onEntry }: FakeSupervisorOptions) {
    const scripts: Iterable<readonly [string, FakeScript]> =
      nodes instanceof Map ? nodes : Object.entries(nodes as Readonly<Record<string, FakeScript>>);
    for (const [node, script] of scripts) this.script(node, script);
    this.#onEntry = onEntry;
    this.#opened = { epoch: 1, interrupted: null, leftovers: [], ...opened };
  }

  get place(): PlaceRecord | null | undefined {
    return this.#place;
  }

  script(node: string, script: FakeScript): void {
    const behaviours = [script].flat();
    this.#scripts.set(node, behaviours);
    this.#processes.get(node)?.learn(behaviours[0] ?? {});
  }

  crash(node: string, exit?: NodeExit): void {
    this.#processes.get(node)?.crash(exit);
  }

  open(nodes: ReadonlyMap<string, NodeSpec>, { clock }: SupervisorContext): Promise<SupervisorOpened> {
    this.#clock = clock;
    const host: FakeHost = {
      clock,
      rivalOf: (spec) => spec.conflicts.find((other) => this.#occupies(other)),
      nextPid: () => (this.#pids += 1),
      note: (kind, node, generation) => this.#note({ at: clock.now(), node, kind, generation }),
    };
    for (const spec of nodes.values()) this.#nodes.set(spec.name, this.#manage(spec, host));
    return Promise.resolve(this.#opened);
  }

  running(): ReadonlyMap<string, NodeStatus> {
    return new Map([...this.#nodes].map(([name, node]) => [name, node.status()]));
  }

  start(node: string, options: WaitOptions = {}): Promise<void> {
    return this.#ask(node, "start", (managed) => managed.start(options));
  }

  stop(node: string, options: StopOptions = {}): Promise<void> {
    return this.#ask(node, options.force === true ? "kill" : "stop", (managed) => managed.stop(options));
  }

  killAll(): void {
    for (const node of this.#nodes.values()) node.stop({ force: true }).catch(() => undefined);
  }

  record(place: PlaceRecord | null): void {
    this.#place = place;
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    const nodes = [...this.#nodes.values()];
    await Promise.allSettled(nodes.map((node) => node.stop({ force: true })));
    for (const node of nodes) node.dispose();
    for (const process of this.#processes.values()) process.dispose();
    this.#events.complete();
  }

  #manage(spec: NodeSpec, host: FakeHost): ManagedNode {
    return new ManagedNode({
      spec,
      clock: host.clock,
      launch: (report) => {
        const process = new FakeProcess(host, spec, this.#nextBehaviour(spec.name), report);
        this.#processes.set(spec.name, process);
        return process;
      },
      emit: (event) => this.#events.next(event),
    });
  }

  async #ask(
    node: string,
    what: "start" | "stop" | "kill",
    how: (managed: ManagedNode) => Promise<void>,
  ): Promise<void> {
    const managed = this.#nodes.get(node);
    if (managed === undefined) throw new NodeFault("NODE_UNKNOWN", `No node ${node} in the catalogue.`);
    const call = (this.#calls += 1);
    this.#note({ at: this.#clock.now(), node, kind: "asked", what, call });
    const answered = (code: string | null): void => {
      this.#note({ at: this.#clock.now(), node, kind: "answered", what, call, code });
    };
    try {
      await how(managed);
    } catch (error) {
      answered(codeOf(error) ?? "UNKNOWN");
      throw error;
    }
    answered(null);
  }

  #nextBehaviour(node: string): FakeBehaviour {
    const left = this.#scripts.get(node) ?? [];
    return (left.length > 1 ? left.shift() : left[0]) ?? {};
  }

  #note(entry: FakeEntry): void {
    this.entries.push(entry);
    this.#onEntry?.(entry);
  }

  // A start that has not been spawned yet holds nothing: of two rivals asked for at once, the first one runs.
  #occupies(node: string): boolean {
    return isOccupying(this.#nodes.get(node)?.status()) && this.#processes.get(node)?.lives === true;
  }
}
