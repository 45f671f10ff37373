/**
 * Taking the nodes over, before anything else is done (I18): first the state directory's lock, then, where the bus knows
 * of other managers, their absence. Two state directories do not know of each other, and only the lease tells of a
 * holder that hangs ("Lock and lease" of the semantics).
 */
import type { Bus } from "../bus/bus.ts";
import type { Clock } from "../clock.ts";
import type { Catalogue } from "../modes/catalogue.ts";
import type { Supervisor, SupervisorOpened } from "../supervisor/supervisor.ts";

/** What taking over needs. */
export interface TakeOver {
  readonly catalogue: Catalogue;
  readonly supervisor: Supervisor;
  readonly bus: Bus;
  readonly clock: Clock;
  /** Wait for the other manager instead of rejecting; without it the bus is not asked. */
  readonly standby: boolean;
  readonly signal: AbortSignal;
  readonly onStandby: (holder: string) => void;
  readonly onFenced: () => void;
}

/** Opens the supervisor when no other manager has the robot. @throws STATE_LOCKED, STATE_UNWRITABLE, ABORTED */
export async function takeOver(parts: TakeOver): Promise<SupervisorOpened> {
  const { catalogue, supervisor, bus, clock, standby, signal, onStandby, onFenced } = parts;
  const rivals = standby ? bus.rivals?.() : undefined;
  try {
    const opened = await supervisor.open(catalogue.nodes, {
      ...{ namespace: catalogue.namespace, clock, waitForLock: standby, onStandby, onFenced, signal },
      ...(rivals === undefined ? {} : { isAbandoned: (process) => rivals.isAbandoned(process) }),
    });
    await rivals?.untilGone({ predecessor: opened.predecessor, onStandby, signal });
    return opened;
  } finally {
    rivals?.close();
  }
}
