/** What verification says: one verdict per property, with a counterexample where one was found. */
import type { FaultBudget } from "../modes/catalogue.ts";

/** `not_decided`: a limit was reached, or the counterexample could not be confirmed. Never a quiet "holds". */
export type PropertyVerdict = "holds" | "violated" | "not_decided";

/** The verdict on one property. Plain JSON. */
export interface PropertyReport {
  /** `never_together: arm, flasher`, `quiet_in safe: drive`, `complete: teleop`, `no_deadlock`, ... */
  readonly property: string;
  readonly faults: FaultBudget;
  readonly verdict: PropertyVerdict;
  /** The shortest way to the violation: `boot idle`, `start arm`, `request flash`, `stop arm FAILS`, `start flasher`. */
  readonly trace?: readonly string[];
  /** Of a violation: what it means or what to do. Of `not_decided`: why. */
  readonly reason?: string;
  /** States looked at for it; equal questions are answered once. */
  readonly states: number;
}

/** The verdicts on a catalogue. `verdict`: violated if anything is, else not_decided if anything is, else holds. */
export interface VerificationReport {
  readonly verdict: PropertyVerdict;
  readonly properties: readonly PropertyReport[];
  readonly states: number;
}

/** The report of all properties together. */
export function summarise(properties: readonly PropertyReport[]): VerificationReport {
  const has = (verdict: PropertyVerdict): boolean =>
    properties.some((property) => property.verdict === verdict);
  const undecided = has("not_decided") ? "not_decided" : "holds";
  const states = properties.reduce((sum, property) => sum + property.states, 0);
  return { verdict: has("violated") ? "violated" : undecided, properties, states };
}
