/**
 * The managed nodes of one supervisor: lookup, the events of all, and who occupies what (I12).
 *
 * Shared by every supervisor built on managed-node.ts; how an incarnation is launched is theirs.
 */
import { Subject, type Observable } from "rxjs";
import type { Clock } from "../clock.ts";
import type { NodeSpec } from "../modes/catalogue.ts";
import { isOccupying, type NodeStatus } from "../modes/observation.ts";
import { ManagedNode, type Incarnation, type IncarnationReport } from "./managed-node.ts";
import type { Inspect } from "./node-life.ts";
import { unknownNodeFault } from "./node-status.ts";
import type { StopOptions, SupervisorEvent, WaitOptions } from "./supervisor.ts";

/** The nodes of one supervisor. */
export class NodeTable {
  readonly events$: Observable<SupervisorEvent>;
  readonly #events = new Subject<SupervisorEvent>();
  readonly #nodes = new Map<string, ManagedNode>();
  readonly #inspect: Inspect | undefined;

  constructor(inspect?: Inspect) {
    this.events$ = this.#events.asObservable();
    this.#inspect = inspect;
  }

  add(
    spec: NodeSpec,
    clock: Clock,
    launch: (spec: NodeSpec, report: IncarnationReport, found: boolean) => Incarnation,
  ): ManagedNode {
    const node = new ManagedNode({
      spec,
      clock,
      launch: (report, found) => launch(spec, report, found),
      emit: (event) => {
        this.#events.next(event);
      },
      ...(this.#inspect === undefined ? {} : { inspect: this.#inspect }),
    });
    this.#nodes.set(spec.name, node);
    return node;
  }

  get(name: string): ManagedNode | undefined {
    return this.#nodes.get(name);
  }

  running(): ReadonlyMap<string, NodeStatus> {
    const statuses = new Map<string, NodeStatus>();
    for (const [name, node] of this.#nodes) statuses.set(name, node.status());
    return statuses;
  }

  start(name: string, options: WaitOptions = {}): Promise<void> {
    return this.#nodes.get(name)?.start(options) ?? Promise.reject(unknownNodeFault(name));
  }

  stop(name: string, options: StopOptions = {}): Promise<void> {
    return this.#nodes.get(name)?.stop(options) ?? Promise.reject(unknownNodeFault(name));
  }

  /** The first conflicting node that has a process. */
  rivalOf(spec: NodeSpec): string | undefined {
    return spec.conflicts.find((other) => this.#occupies(other));
  }

  killAll(): void {
    for (const node of this.#nodes.values()) node.stop({ force: true }).catch(() => undefined);
  }

  /** Kills what still runs, waits for it, and completes `events$`. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#nodes.values()].map((node) => node.stop({ force: true })));
    for (const node of this.#nodes.values()) node.dispose();
    this.#events.complete();
  }

  // A start that has not been spawned yet holds nothing: of two rivals asked for at once, the first one runs.
  #occupies(name: string): boolean {
    const node = this.#nodes.get(name);
    return node !== undefined && node.hasBegun && isOccupying(node.status());
  }
}
