/**
 * Verification of a catalogue: its own invariants and the built-in properties, each decided or honestly not.
 *
 * `modeshift check` prints the report. Pure computation: no clock, no I/O; how it decides is in decide.ts,
 * reachability.ts and worst-time.ts.
 */
import type { Catalogue, Invariant } from "../modes/catalogue.ts";
import { Decider } from "./decide.ts";
import { builtInProperties, propertyOf, type Property } from "./properties.ts";
import { summarise, type PropertyReport, type VerificationReport } from "./report.ts";

/** How a catalogue is verified. */
export interface VerifyOptions {
  /** What is decided. Default: the catalogue's own invariants. */
  readonly invariants?: readonly Invariant[];
  /** Whether `complete`, `no_deadlock` and `worst_time` are decided too. @defaultValue true */
  readonly builtIns?: boolean;
  /** States looked at per question before it counts as not decided. @defaultValue 2,000,000 */
  readonly maxStates?: number;
  /** Called before each property, within it after each question that took a search, and at the end with `done === total`. */
  readonly onProgress?: (progress: VerifyProgress) => void;
  /** Asked now and then; once it says true, everything open is not decided. */
  readonly isCancelled?: () => boolean;
}

/** How far a verification is. */
export interface VerifyProgress {
  readonly done: number;
  readonly total: number;
  /** The property being decided; "" at the end. */
  readonly property: string;
  /** How much of it is decided, below 1: a `never_together` of a hundred nodes is 4,950 questions. */
  readonly part: number;
}

/**
 * Decides every property. A verdict `holds` or `violated` is exact; what could not be decided says so.
 *
 * @example
 * ```ts
 * import { defineCatalogue, verifyCatalogue } from "modeshift";
 * const catalogue = defineCatalogue({
 *   defaultMode: "idle",
 *   modes: { idle: [], work: ["arm"], update: ["flasher"] },
 *   invariants: [{ neverTogether: ["arm", "flasher"] }],
 * });
 * const { verdict, properties } = verifyCatalogue(catalogue);
 * verdict; // => "violated"
 * properties[0]?.trace; // => ["boot idle", "request update", "start flasher", "request work", "stop flasher FAILS", "start arm"]
 * ```
 */
export function verifyCatalogue(catalogue: Catalogue, options: VerifyOptions = {}): VerificationReport {
  const { maxStates = 2_000_000, isCancelled = () => false, onProgress } = options;
  const decider = new Decider(catalogue, { maxStates, isCancelled });
  const own = (options.invariants ?? catalogue.invariants).map((invariant) =>
    propertyOf(catalogue, invariant),
  );
  const properties: readonly Property[] =
    options.builtIns === false ? own : [...own, ...builtInProperties(catalogue)];
  const reports: PropertyReport[] = [];
  for (const property of properties) {
    const { name, faults } = property;
    const tell = (part: number): void =>
      onProgress?.({ done: reports.length, total: properties.length, property: name, part });
    tell(0);
    const report = isCancelled()
      ? ({ verdict: "not_decided", reason: "The verification was cancelled.", states: 0 } as const)
      : property.decide(decider, (answered, questions) => answered < questions && tell(answered / questions));
    reports.push({ property: name, faults, ...report });
  }
  onProgress?.({ done: reports.length, total: reports.length, property: "", part: 0 });
  return summarise(reports);
}

/** One `never_together` per pair of nodes: what may run together, and what never does. */
export function neverTogetherPairs(catalogue: Catalogue, faults?: Invariant["faults"]): readonly Invariant[] {
  const names = [...catalogue.nodes.keys()];
  return names.flatMap((one, index) =>
    names.slice(index + 1).map((other): Invariant => {
      const pair = { kind: "never_together", nodes: [one, other] } as const;
      return faults === undefined ? pair : { ...pair, faults };
    }),
  );
}
