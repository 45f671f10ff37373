/**
 * A dead manager's processes that survived SIGKILL when this one started: shown as a stuck node, so that plans stop
 * it, conflicts see it, and nobody forgets it (I1). All that can be done is to kill it again and look.
 */
import type { Clock } from "../clock.ts";
import { bareNode } from "../modes/bare-node.ts";
import type { NodeSpec } from "../modes/catalogue.ts";
import type { Incarnation, IncarnationReport } from "./managed-node.ts";
import { NodeFault } from "./node-fault.ts";
import { isAlive, type ProcessIdentity } from "./process-tree.ts";
import { sendSignal } from "./signal.ts";

const lookEveryMs = 50;

/** The spec of a leftover that the catalogue does not know any more. */
export function leftoverSpec(name: string): NodeSpec {
  return bareNode(name, { startTimeoutMs: 0, stopSignal: "SIGKILL", stopTimeoutMs: 0 });
}

/** Whose processes they are, and what ending them works with. */
export interface LeftoverParts {
  readonly processes: readonly ProcessIdentity[];
  readonly spec: NodeSpec;
  readonly clock: Clock;
  readonly report: IncarnationReport;
  /** Another manager has taken over: signal nothing. */
  readonly fenced: () => boolean;
}

/** See the file header. */
export class LeftoverIncarnation implements Incarnation {
  readonly #parts: LeftoverParts;
  #ending = false;

  constructor(parts: LeftoverParts) {
    this.#parts = parts;
  }

  end(): void {
    if (this.#ending) return;
    this.#ending = true;
    const { clock, spec } = this.#parts;
    this.#kill(clock.now() + spec.killTimeoutMs);
  }

  look(): Promise<boolean> {
    return Promise.resolve(false);
  }

  #kill(until: number): void {
    const { processes, clock, report, fenced } = this.#parts;
    const alive = processes.filter(isAlive);
    const isFenced = fenced();
    if (!isFenced) for (const { pid } of alive) sendSignal(pid, "SIGKILL");
    if (alive.length > 0 && !isFenced && clock.now() < until) {
      clock.setTimeout(() => {
        this.#kill(until);
      }, lookEveryMs);
      return;
    }
    this.#ending = false;
    if (alive.length === 0) report.gone();
    else report.stuck(this.#stuckFault(alive, isFenced));
  }

  #stuckFault(alive: readonly ProcessIdentity[], isFenced: boolean): NodeFault {
    const pids = alive.map(({ pid }) => pid).join(", ");
    const left = `${this.#parts.spec.name} (pid ${pids}), left by a dead manager,`;
    return isFenced
      ? new NodeFault("FENCED", `${left} was not touched: another manager holds the state directory now.`)
      : new NodeFault("NODE_STUCK", `${left} survives SIGKILL.`);
  }
}
