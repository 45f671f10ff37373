/**
 * Taking the nodes over, before anything else is done (I18): first the state directory's lock, then, where the bus knows
 * of other managers, their absence. Two state directories do not know of each other, and only the lease tells of a
 * holder that hangs ("Lock and lease" of the semantics).
 */
import type { Bus, RivalWatch } from "../bus/bus.ts";
import type { Clock } from "../clock.ts";
import { ModeshiftError } from "../errors.ts";
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

/** Supervisors that a manager has opened, or is about to: each runs the nodes of one manager. */
const taken = new WeakSet<Supervisor>();

/**
 * Opens the supervisor when no other manager has the robot; it is the caller's to close then, and only then.
 *
 * @throws BAD_OPTION, STATE_LOCKED, STATE_UNWRITABLE, ABORTED
 */
export async function takeOver(parts: TakeOver): Promise<SupervisorOpened> {
  const { supervisor, bus, standby, signal, onStandby } = parts;
  if (taken.has(supervisor)) {
    throw new ModeshiftError(
      "BAD_OPTION",
      "This supervisor is another manager's: give every manager its own.",
    );
  }
  taken.add(supervisor);
  const rivals = standby ? bus.rivals?.() : undefined;
  try {
    const opened = await open(parts, rivals);
    try {
      await rivals?.untilGone({ predecessor: opened.predecessor, onStandby, signal });
    } catch (error) {
      await supervisor.close();
      throw error;
    }
    return opened;
  } finally {
    rivals?.close();
  }
}

async function open(parts: TakeOver, rivals: RivalWatch | undefined): Promise<SupervisorOpened> {
  const { catalogue, supervisor, clock, standby, signal, onStandby, onFenced } = parts;
  try {
    return await supervisor.open(catalogue.nodes, {
      ...{ namespace: catalogue.namespace, clock, waitForLock: standby, onStandby, onFenced, signal },
      ...(rivals === undefined ? {} : { isAbandoned: (process) => rivals.isAbandoned(process) }),
    });
  } catch (error) {
    // It holds nothing: another manager may try again with it.
    taken.delete(supervisor);
    throw error;
  }
}
