/**
 * The process supervisor: runs nodes as real processes on this machine and keeps the port's contract.
 *
 * It composes: managed nodes (one each), their processes, the state directory. Nothing here polls while idle.
 */
import { platform } from "node:os";
import type { Observable } from "rxjs";
import type { Clock } from "../clock.ts";
import { messageOf, ModeshiftError } from "../errors.ts";
import type { NodeSpec } from "../modes/catalogue.ts";
import type { NodeStatus } from "../modes/observation.ts";
import { probeCgroup, removeCgroup } from "./cgroup.ts";
import { inheritedEnvironment, runMarker } from "./environment.ts";
import { Guard } from "./guard.ts";
import { Journal, readJournal } from "./journal.ts";
import { LeftoverIncarnation, leftoverSpec } from "./leftover-incarnation.ts";
import { endLeftovers } from "./leftovers.ts";
import { LogStore } from "./log-store.ts";
import { NodeFault } from "./node-fault.ts";
import type { Inspect } from "./node-life.ts";
import { NodeTable } from "./node-table.ts";
import { createProcessHost } from "./process-host.ts";
import { ProcessIncarnation } from "./process-incarnation.ts";
import { keepSpareDescriptor } from "./spare-descriptor.ts";
import { SpawnerPool } from "./spawner-pool.ts";
import { defaultStateDir, StateDirectory, unwritable } from "./state-directory.ts";
import { takeLock, type StateLock } from "./state-lock.ts";
import { Turns } from "./turns.ts";
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

const defaultDeathGraceMs = 50;
const defaultMaxLogBytes = 10 * 1024 * 1024;

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
  readonly directory: StateDirectory;
  readonly lock: StateLock;
  readonly logs: LogStore;
  readonly journal: Journal;
  readonly guard: Guard;
  readonly spawner: SpawnerPool;
  readonly turns: Turns;
  readonly inherited: Readonly<Record<string, string>>;
  readonly cgroup: string | undefined;
}

class ProcessSupervisor implements Supervisor {
  readonly events$: Observable<SupervisorEvent>;
  readonly #options: ProcessSupervisorOptions;
  readonly #nodes: NodeTable;
  /** What does not work at the moment, by the part that says so. */
  readonly #problems = new Map<string, string>();
  #opened: Opened | undefined;

  constructor(options: ProcessSupervisorOptions) {
    this.#options = options;
    this.#nodes = new NodeTable(options.inspect);
    this.events$ = this.#nodes.events$;
  }

  get capabilities(): SupervisorCapabilities {
    return {
      kind: "process",
      isolation: this.#opened?.cgroup === undefined ? "group" : "cgroup",
      observesExits: true,
      readsLogs: true,
      notes: [...this.#problems.values()],
    };
  }

  async open(nodes: ReadonlyMap<string, NodeSpec>, context: SupervisorContext): Promise<SupervisorOpened> {
    refuseWindows();
    const { clock, namespace } = context;
    const path = this.#options.stateDir ?? defaultStateDir(namespace, process.env);
    keepSpareDescriptor();
    const directory = new StateDirectory(path);
    const lock = await takeLock(directory, context);
    const interrupted = directory.readPlace();
    const journalPath = directory.file("journal");
    const leftovers = await endLeftovers({
      stateId: directory.id,
      journal: readJournal(journalPath),
      deathGraceMs: this.#deathGraceMs,
      clock,
    });
    const opened = await this.#equip(directory, lock, journalPath, clock);
    this.#opened = opened;
    lock.watch(() => {
      context.onFenced?.();
    });
    const host = createProcessHost({
      ...opened,
      clock,
      namespace,
      rivalOf: (spec) => this.#nodes.rivalOf(spec),
    });
    const unknown = [...leftovers.stuck.keys()].filter((name) => !nodes.has(name)).map(leftoverSpec);
    for (const spec of [...nodes.values(), ...unknown]) {
      this.#nodes.add(spec, clock, (of, report, found) =>
        found
          ? new LeftoverIncarnation({
              processes: leftovers.stuck.get(of.name) ?? [],
              spec: of,
              clock,
              report,
              fenced: () => lock.isFenced(),
            })
          : new ProcessIncarnation(host, of, report),
      );
    }
    for (const name of leftovers.stuck.keys()) this.#nodes.get(name)?.found(true);
    return {
      epoch: lock.epoch,
      interrupted,
      leftovers: leftovers.ended,
      predecessor: lock.predecessor,
    };
  }

  running(): ReadonlyMap<string, NodeStatus> {
    return this.#nodes.running();
  }

  start(node: string, options?: WaitOptions): Promise<void> {
    return this.#fencedFault(node) ?? this.#nodes.start(node, options);
  }

  stop(node: string, options?: StopOptions): Promise<void> {
    return this.#fencedFault(node) ?? this.#nodes.stop(node, options);
  }

  killAll(): void {
    this.#nodes.killAll();
  }

  record(place: PlaceRecord | null): void {
    const opened = this.#opened;
    if (opened === undefined || opened.lock.isFenced()) return;
    try {
      opened.directory.writePlace(place);
      this.#report("place", undefined);
    } catch (error) {
      this.#report("place", `the manager's place cannot be recorded: ${messageOf(error)}`);
    }
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
    opened.spawner.close();
    await opened.guard.dismiss(!opened.lock.isFenced());
    opened.journal.close();
    if (opened.cgroup !== undefined) removeCgroup(opened.cgroup);
    opened.lock.release();
  }

  get #deathGraceMs(): number {
    return this.#options.deathGraceMs ?? defaultDeathGraceMs;
  }

  async #equip(
    directory: StateDirectory,
    lock: StateLock,
    journalPath: string,
    clock: Clock,
  ): Promise<Opened> {
    const { isolation = "auto", logDir, maxLogBytes = defaultMaxLogBytes } = this.#options;
    const logs = new LogStore(
      { directory: logDir ?? directory.file("logs"), maxBytes: maxLogBytes },
      clock,
      (node, problem) => {
        this.#report(`log of ${node}`, problem);
      },
    );
    try {
      logs.create();
    } catch (error) {
      lock.release();
      throw unwritable(logDir ?? directory.path, error);
    }
    const inherited = inheritedEnvironment(process.env);
    const run = runMarker({ stateId: directory.id, epoch: lock.epoch });
    // It takes some 50 ms to come up, in which the rest is done.
    const turns = new Turns();
    const setup = { env: inherited, stateDir: directory.path, epoch: lock.epoch };
    const spawner = new SpawnerPool({ clock, turns, setup, run });
    const cgroup = isolation === "group" ? undefined : await probeCgroup(directory.id, lock.epoch);
    if (isolation === "cgroup" && cgroup === undefined) {
      this.#report(
        "cgroup",
        "no control group subtree can be written here: processes are tracked by group and marker",
      );
    }
    const reportJournal = (problem: string | undefined): void => {
      this.#report("journal", problem);
    };
    const journal = new Journal(journalPath, reportJournal, () => lock.isFenced());
    const guard = new Guard({
      stateDir: directory.path,
      epoch: lock.epoch,
      run,
      deathGraceMs: this.#deathGraceMs,
      cgroup,
      clock,
      report: (problem) => {
        this.#report("guard", problem);
      },
    });
    return { directory, lock, logs, journal, guard, cgroup, spawner, turns, inherited };
  }

  #fencedFault(node: string): Promise<never> | undefined {
    if (this.#opened?.lock.isFenced() !== true) return undefined;
    return Promise.reject(
      new NodeFault("FENCED", `${node} was not touched: another manager holds the state directory now.`),
    );
  }

  #report(part: string, problem: string | undefined): void {
    if (problem === undefined) this.#problems.delete(part);
    else this.#problems.set(part, problem);
  }
}

function refuseWindows(): void {
  if (platform() !== "win32") return;
  throw new ModeshiftError(
    "PLATFORM_UNSUPPORTED",
    "Processes are supervised on Linux and macOS, not on Windows: use WSL.",
  );
}
