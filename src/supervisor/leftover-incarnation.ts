/**
 * A dead manager's processes that survived SIGKILL when this one started: shown as a stuck node, so that plans stop
 * it, conflicts see it, and nobody forgets it (I1). All that can be done is to kill it again and look.
 */
import type { Clock } from "../clock.ts";
import type { NodeSpec } from "../modes/catalogue.ts";
import type { Incarnation, IncarnationReport } from "./managed-node.ts";
import { NodeFault } from "./node-fault.ts";
import { isAlive, type ProcessIdentity } from "./process-tree.ts";
import { sendSignal } from "./signal.ts";

const lookEveryMs = 50;

/** The spec of a leftover that the catalogue does not know any more. */
export function leftoverSpec(name: string): NodeSpec {
  return {
    name,
    env: {},
    dependsOn: [],
    conflicts: [],
    resources: [],
    ready: { kind: "exec" },
    startTimeoutMs: 0,
    stopSignal: "SIGKILL",
    stopTimeoutMs: 0,
    killTimeoutMs: 2000,
    restart: { policy: "never", max: 0, windowMs: 0, backoffMs: 0, maxBackoffMs: 0 },
    oneshot: false,
  };
}

/** See the file header. */
export class LeftoverIncarnation implements Incarnation {
  readonly #processes: readonly ProcessIdentity[];
  readonly #spec: NodeSpec;
  readonly #clock: Clock;
  readonly #report: IncarnationReport;
  #ending = false;

  constructor(
    processes: readonly ProcessIdentity[],
    spec: NodeSpec,
    clock: Clock,
    report: IncarnationReport,
  ) {
    this.#processes = processes;
    this.#spec = spec;
    this.#clock = clock;
    this.#report = report;
  }

  end(): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#kill(this.#clock.now() + this.#spec.killTimeoutMs);
  }

  look(): Promise<boolean> {
    return Promise.resolve(false);
  }

  #kill(until: number): void {
    const alive = this.#processes.filter(isAlive);
    for (const { pid } of alive) sendSignal(pid, "SIGKILL");
    if (alive.length > 0 && this.#clock.now() < until) {
      this.#clock.setTimeout(() => {
        this.#kill(until);
      }, lookEveryMs);
      return;
    }
    this.#ending = false;
    if (alive.length === 0) this.#report.gone();
    else this.#report.stuck(this.#stuckFault(alive));
  }

  #stuckFault(alive: readonly ProcessIdentity[]): NodeFault {
    const pids = alive.map(({ pid }) => pid).join(", ");
    return new NodeFault(
      "NODE_STUCK",
      `${this.#spec.name} (pid ${pids}), left by a dead manager, survives SIGKILL.`,
    );
  }
}
