/**
 * From a message and its age on the server's clock to a request on the manager's monotonic clock.
 *
 * The server's clock decides about age (clients' clocks do not matter), the manager's about everything after. Holds
 * I9 (an urgent request has no deadline) and I11 (30 s from enqueueing to acceptance when none is given).
 */
import { isUrgentMode, type Catalogue } from "../modes/catalogue.ts";
import type { ModeRequest } from "../modes/request.ts";
import type { RequestMessage } from "./request-message.ts";

/** A request without an explicit deadline is stale when nobody has read it for this long, ms. */
export const defaultMaxAgeMs = 30_000;

/** Where and when a message was read. */
export interface Reading {
  readonly id: string;
  /** Server time, ms since the Unix epoch. */
  readonly enqueuedAt: number;
  /** Server time at this moment. */
  readonly serverNow: number;
  /** The manager's clock at the same moment. */
  readonly now: number;
  readonly catalogue: Catalogue;
  readonly attempts?: number;
  readonly supersededBy?: { readonly id: string; readonly mode: string };
}

/**
 * The request as the machine gets it. A stale one carries a deadline that has passed: answering it is the machine's.
 * After a crash the age counts again: what was begun in the evening is not begun again in the morning.
 */
export function requestOf(message: RequestMessage, reading: Reading): ModeRequest {
  const { enqueuedAt, serverNow, now, attempts = 0, supersededBy } = reading;
  const onOurClock = (serverTime: number): number => now + (serverTime - serverNow);
  const deadline = deadlineOf(message, reading);
  return {
    requestId: reading.id,
    mode: message.mode,
    enqueuedAt: Math.min(now, onOurClock(enqueuedAt)),
    ...(message.by === undefined ? {} : { by: message.by }),
    ...(message.onBusy === undefined ? {} : { onBusy: message.onBusy }),
    ...(deadline === undefined ? {} : { deadline: onOurClock(deadline) }),
    ...(attempts === 0 ? {} : { attempts }),
    ...(supersededBy === undefined ? {} : { supersededBy }),
  };
}

/** In server time. */
function deadlineOf({ mode, deadline, ttlMs }: RequestMessage, reading: Reading): number | undefined {
  const { enqueuedAt, serverNow, catalogue } = reading;
  if (isUrgentMode(catalogue, mode)) return undefined;
  if (deadline !== undefined) return deadline;
  if (ttlMs !== undefined) return enqueuedAt + ttlMs;
  return serverNow - enqueuedAt > defaultMaxAgeMs ? enqueuedAt + defaultMaxAgeMs : undefined;
}
