/**
 * A request to change the mode, as every door hands it on: validated in form, not yet judged.
 *
 * Reading it from the wire is src/bus's; judging it is the machine's (machines/admission.ts).
 */
import type { OnBusy } from "./catalogue.ts";

/**
 * The ids that others may give. What the manager calls its own requests is not among them: an id stands for one request
 * and one answer (I7).
 */
export const requestIdPattern = /^(?!(?:boot-\d+|auto-\d+-\d+|shutdown-\d+)$)[A-Za-z0-9_.:-]{1,128}$/;

/** {@link requestIdPattern} in words. */
export const requestIdForm =
  "1 to 128 of A-Z a-z 0-9 _ . : -, but nothing like boot-1, auto-1-1, shutdown-1, which are the manager's own";

/** One request. Times are on the manager's monotonic clock. */
export interface ModeRequest {
  readonly requestId: string;
  /** As asked for; may name no mode. */
  readonly mode: string;
  /** Who asks, for people; never an authority. */
  readonly by?: string;
  readonly onBusy?: OnBusy;
  /** The latest moment to begin. */
  readonly deadline?: number;
  /** When it was enqueued, which may be before the manager lived. Absent: now. */
  readonly enqueuedAt?: number;
  /** How often it was begun before, by a manager that crashed. */
  readonly attempts?: number;
  /** It was replaced before it could begin (a batch read at once): answered superseded, never begun. */
  readonly supersededBy?: { readonly id: string; readonly mode: string };
  /** Its deadline had passed when it was read: answered expired, never begun. Ignored for urgent modes (I9). */
  readonly expired?: true;
}
