/**
 * The process supervisor: runs nodes as real processes on this machine and keeps the port's contract.
 *
 * It composes: managed nodes (one each), their processes, the state directory. Nothing here polls while idle.
 */
import { homedir, platform } from "node:os";
import { join } from "node:path";
import type { Observable } from "rxjs";
import { ModeshiftError } from "../errors.ts";
import type { NodeSpec } from "../modes/catalogue.ts";
import type { NodeStatus } from "../modes/observation.ts";
import { nodeEnvironments } from "./environment.ts";
import { LogStore } from "./log-store.ts";
import { NodeFault } from "./node-fault.ts";
import { NodeTable, type Inspect } from "./node-table.ts";
import { ProcessIncarnation, type ProcessHost } from "./process-incarnation.ts";
import { StartThrottle } from "./start-throttle.ts";
import type {
  NodeLog,
  PlaceRecord,
  StopOptions,
  Supervisor,
  SupervisorCapabilities,
  SupervisorContext,
  SupervisorEvent,
  SupervisorOpened,
  WaitOptions,
} from "./supervisor.ts";
import { Sweeper } from "./sweeper.ts";

/** How nodes are run. All absent: the defaults fit a robot. */
export interface ProcessSupervisorOptions {
  /** Journal, lock, logs. Default: $XDG_STATE_HOME/modeshift/<namespace>, else ~/.local/state/modeshift/<namespace>. */
  readonly stateDir?: string;
  /** After the manager's death: from stop_signal to SIGKILL, ms. Default 50. */
  readonly deathGraceMs?: number;
  /** Default: `logs` in the state directory. */
  readonly logDir?: string;
  /** A log larger than this is rotated. Default 10 MiB. */
  readonly maxLogBytes?: number;
  /** `auto` (default): control groups where a probe finds them usable, else process groups and marker. */
  readonly isolation?: "auto" | "cgroup" | "group";
  /** Sees every node's state machine, as `inspect` of createLifecycleManager sees the mode machine. */
  readonly inspect?: Inspect;
}

/**
 * A supervisor that runs nodes as processes.
 *
 * @example
 * ```ts
 * import { processSupervisor } from "modeshift";
 * const supervisor = processSupervisor({ deathGraceMs: 100 });
 * supervisor.capabilities.kind; // => "process"
 * ```
 */
export function processSupervisor(options: ProcessSupervisorOptions = {}): Supervisor {
  return new ProcessSupervisor(options);
}

/** Everything that exists only between open and close. */
interface Opened {
  readonly host: ProcessHost;
  readonly logs: LogStore;
}

class ProcessSupervisor implements Supervisor {
  readonly #options: ProcessSupervisorOptions;
  readonly #nodes: NodeTable;
  readonly #problems = new Set<string>();
  readonly events$: Observable<SupervisorEvent>;
  #opened: Opened | undefined;

  constructor(options: ProcessSupervisorOptions) {
    this.#options = options;
    this.#nodes = new NodeTable(options.inspect);
    this.events$ = this.#nodes.events$;
  }

  get capabilities(): SupervisorCapabilities {
    return {
      kind: "process",
      isolation: "group",
      observesExits: true,
      readsLogs: true,
      notes: [...this.#problems],
    };
  }

  open(nodes: ReadonlyMap<string, NodeSpec>, context: SupervisorContext): Promise<SupervisorOpened> {
    if (platform() === "win32") {
      return Promise.reject(
        new ModeshiftError(
          "PLATFORM_UNSUPPORTED",
          "Processes are supervised on Linux and macOS, not on Windows: use WSL.",
        ),
      );
    }
    const directory = this.#options.stateDir ?? defaultStateDir(context.namespace);
    const identity = { stateId: `${process.pid}`, namespace: context.namespace, epoch: 1 };
    const sweeper = new Sweeper(identity.stateId, String(identity.epoch));
    const report = (problem: string): void => {
      this.#problems.add(problem);
    };
    const logs = new LogStore(
      {
        directory: this.#options.logDir ?? join(directory, "logs"),
        maxBytes: this.#options.maxLogBytes ?? 10 * 2 ** 20,
      },
      context.clock,
      report,
    );
    logs.create();
    const host: ProcessHost = {
      clock: context.clock,
      throttle: new StartThrottle(context.clock),
      logs,
      environmentOf: nodeEnvironments(identity, process.env),
      rivalOf: (spec) => this.#nodes.rivalOf(spec),
      fenced: () => false,
      adopt: (spec, generation, pid, ended) => {
        const tree = { node: spec.name, generation, group: pid };
        return {
          group: pid,
          leaderEnded: ended,
          survivors: () => sweeper.survivors(tree),
          survivorsNow: () => sweeper.survivorsNow(tree),
          killAtOnce: () => undefined,
          fenced: () => false,
        };
      },
      wrap: (spec) => commandOf(spec),
    };
    this.#opened = { host, logs };
    for (const spec of nodes.values()) {
      this.#nodes.add(spec, context.clock, (of, told) => new ProcessIncarnation(host, of, told));
    }
    return Promise.resolve({ epoch: 1, interrupted: null, leftovers: [] });
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

  record(_place: PlaceRecord | null): void {
    return undefined;
  }

  log(node: string): NodeLog {
    if (this.#opened === undefined) {
      throw new ModeshiftError("NOT_STARTED", "Logs can be read once the supervisor is open.");
    }
    return this.#opened.logs.view(node);
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    if (opened === undefined) return;
    this.#opened = undefined;
    await this.#nodes.close();
    opened.logs.close();
  }
}

function defaultStateDir(namespace: string): string {
  const { XDG_STATE_HOME: stateHome } = process.env;
  const base = stateHome === undefined || stateHome === "" ? join(homedir(), ".local", "state") : stateHome;
  return join(base, "modeshift", namespace);
}

function commandOf(spec: NodeSpec): readonly [string, ...string[]] {
  if (spec.command !== undefined) return spec.command;
  throw new NodeFault(
    "START_FAILED",
    `${spec.name} has no command: give it one in the catalogue, or use supervisorFrom().`,
  );
}
