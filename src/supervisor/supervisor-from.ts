/**
 * `supervisorFrom`: a supervisor out of three functions, for nodes that are no processes of this machine.
 *
 * Managed nodes give the queue, generations, restart policy and deadlines; here is only the regular look at what
 * runs, for three functions cannot tell of a death by themselves. It keeps no state directory: after a crash of the
 * manager what still runs is found running, and what is in no catalogue is shown and left alone (I1).
 */
import type { Observable } from "rxjs";
import type { Clock, TimerHandle } from "../clock.ts";
import { messageOf } from "../errors.ts";
import type { NodeSpec } from "../modes/catalogue.ts";
import type { NodeStatus } from "../modes/observation.ts";
import { FunctionIncarnation, type FunctionHost, type NodeFunctions } from "./function-incarnation.ts";
import type { Inspect } from "./node-life.ts";
import { NodeTable } from "./node-table.ts";
import type {
  StopOptions,
  Supervisor,
  SupervisorCapabilities,
  SupervisorContext,
  SupervisorEvent,
  SupervisorOpened,
  WaitOptions,
} from "./supervisor.ts";

/** How the three functions are used. */
export interface SupervisorFromOptions {
  /** How often getRunningNodes is asked, ms. Default 1000. */
  readonly pollMs?: number;
  readonly inspect?: Inspect;
}

/**
 * A supervisor that runs nodes by the caller's functions. They are called one at a time per node, nodes never wait
 * for each other, and nothing they throw ends the manager.
 *
 * @example
 * ```ts
 * import { supervisorFrom } from "modeshift";
 * const up = new Set<string>();
 * const supervisor = supervisorFrom({
 *   startNode: async (name) => void up.add(name),
 *   stopNode: async (name) => void up.delete(name),
 *   getRunningNodes: () => up,
 * });
 * supervisor.capabilities.observesExits; // => false
 * ```
 */
export function supervisorFrom(functions: NodeFunctions, options: SupervisorFromOptions = {}): Supervisor {
  return new FunctionSupervisor(functions, options);
}

const defaultPollMs = 1000;
/** getRunningNodes that has not answered by then is asked again at its next turn. */
const listMs = 5000;

class FunctionSupervisor implements Supervisor {
  readonly events$: Observable<SupervisorEvent>;
  readonly #functions: NodeFunctions;
  readonly #pollMs: number;
  readonly #nodes: NodeTable;
  readonly #incarnations = new Map<string, FunctionIncarnation>();
  #problem: string | undefined;
  #foreign: readonly string[] = [];
  #clock: Clock | undefined;
  #poll: TimerHandle;

  constructor(functions: NodeFunctions, options: SupervisorFromOptions) {
    this.#functions = functions;
    this.#pollMs = options.pollMs ?? defaultPollMs;
    this.#nodes = new NodeTable(options.inspect);
    this.events$ = this.#nodes.events$;
  }

  get capabilities(): SupervisorCapabilities {
    const foreign = this.#foreign.length === 0 ? [] : [`foreign, not touched: ${this.#foreign.join(", ")}`];
    const notes = [`deaths are found by asking every ${this.#pollMs} ms`, ...foreign];
    return {
      kind: "functions",
      isolation: "none",
      observesExits: false,
      readsLogs: false,
      notes: this.#problem === undefined ? notes : [...notes, this.#problem],
    };
  }

  async open(nodes: ReadonlyMap<string, NodeSpec>, { clock }: SupervisorContext): Promise<SupervisorOpened> {
    this.#clock = clock;
    const host: FunctionHost = {
      clock,
      functions: this.#functions,
      rivalOf: (spec) => this.#nodes.rivalOf(spec),
      listed: () => this.#listed(),
    };
    for (const spec of nodes.values()) {
      this.#nodes.add(spec, clock, (of, report, found) => {
        const incarnation = new FunctionIncarnation(host, of, report, found);
        this.#incarnations.set(of.name, incarnation);
        return incarnation;
      });
    }
    await this.#look();
    this.#lookLater();
    // Nobody counts the managers before: the moment of opening is higher than theirs.
    return { epoch: Date.now(), interrupted: null, leftovers: [] };
  }

  running(): ReadonlyMap<string, NodeStatus> {
    return this.#nodes.running();
  }

  start(node: string, options?: WaitOptions): Promise<void> {
    return this.#nodes.start(node, options);
  }

  stop(node: string, options?: StopOptions): Promise<void> {
    return this.#nodes.stop(node, options);
  }

  killAll(): void {
    this.#nodes.killAll();
  }

  async close(): Promise<void> {
    const clock = this.#clock;
    if (clock === undefined) return;
    this.#clock = undefined;
    clock.clearTimeout(this.#poll);
    await this.#nodes.close();
  }

  async #listed(): Promise<ReadonlySet<string> | undefined> {
    const clock = this.#clock;
    let timer: TimerHandle;
    const silence = new Promise<never>((_, reject) => {
      timer = clock?.setTimeout(() => reject(new Error(`no answer for ${listMs} ms`)), listMs);
    });
    try {
      const names = new Set(await Promise.race([this.#functions.getRunningNodes(), silence]));
      this.#problem = undefined;
      this.#foreign = [...names].filter((name) => this.#nodes.get(name) === undefined);
      return names;
    } catch (error) {
      this.#problem = `getRunningNodes failed: ${messageOf(error)}`;
      return undefined;
    } finally {
      clock?.clearTimeout(timer);
    }
  }

  /** A list counts only for nodes that stayed what they were while it was made. */
  async #look(): Promise<void> {
    const before = new Map([...this.#incarnations].filter(([, incarnation]) => incarnation.isObservable));
    const stopped = [...this.#nodes.running()].filter(([, status]) => status.state === "stopped");
    const listed = await this.#listed();
    if (listed === undefined) return;
    for (const [name, incarnation] of before) {
      if (this.#incarnations.get(name) === incarnation) incarnation.observe(listed.has(name));
    }
    for (const [name, { generation }] of stopped) {
      const node = this.#nodes.get(name);
      if (listed.has(name) && node?.status().generation === generation) node.found(false);
    }
  }

  #lookLater(): void {
    this.#poll = this.#clock?.setTimeout(() => {
      void this.#look().then(() => {
        this.#lookLater();
      });
    }, this.#pollMs);
  }
}
