/**
 * The one place where the testing kit reaches for fast-check, and only when it is asked to: whoever tests without
 * random runs need not have it.
 */
import type { Arbitrary } from "fast-check";
import { codeOf, ModeshiftError } from "../errors.ts";
import type { Catalogue, Mode } from "../modes/catalogue.ts";
import type { NodeState, Observed } from "../modes/observation.ts";
import type { CatalogueSize } from "./arbitraries.ts";
import type { ScheduleLimits } from "./schedule-arbitrary.ts";
import type { Schedule } from "./schedule.ts";

/** fast-check arbitraries for catalogues, what is observed of their nodes, and schedules to be played on them. */
export interface Arbitraries {
  /** Valid catalogues, odd names among them. */
  catalogueArbitrary(size?: CatalogueSize): Arbitrary<Catalogue>;
  /** A mode of the catalogue. */
  modeArbitrary(catalogue: Catalogue): Arbitrary<Mode>;
  /** What a supervisor may see of the catalogue's nodes. */
  observedArbitrary(
    catalogue: Catalogue,
    options?: { readonly states?: readonly NodeState[]; readonly leftovers?: boolean },
  ): Arbitrary<Observed>;
  /** Requests, failures, crashes, waits and shutdowns for {@link playSchedule}. */
  scheduleArbitrary(catalogue: Catalogue, limits?: ScheduleLimits): Arbitrary<Schedule>;
}

/**
 * Loads the arbitraries. fast-check has to be installed: `npm install --save-dev fast-check`.
 *
 * @throws ModeshiftError BAD_OPTION when it is not
 *
 * @example
 * ```ts
 * import * as fc from "fast-check";
 * import { defineCatalogue } from "modeshift";
 * import { loadArbitraries, playSchedule } from "modeshift/testing";
 * const { scheduleArbitrary } = await loadArbitraries();
 * const catalogue = defineCatalogue({ defaultMode: "idle", modes: { idle: [], teleop: ["camera"] } });
 * await fc.assert(
 *   fc.asyncProperty(scheduleArbitrary(catalogue), async (schedule) => {
 *     const { stopped } = await playSchedule(catalogue, schedule);
 *     return stopped;
 *   }),
 * );
 * ```
 */
export async function loadArbitraries(): Promise<Arbitraries> {
  const [catalogues, schedules] = await Promise.all([
    import("./arbitraries.ts"),
    import("./schedule-arbitrary.ts"),
  ]).catch((cause: unknown) => {
    if (codeOf(cause) !== "ERR_MODULE_NOT_FOUND") throw cause;
    const message =
      "The arbitraries are made of fast-check, which is not installed: npm install --save-dev fast-check";
    throw new ModeshiftError("BAD_OPTION", message, { cause });
  });
  const { catalogueArbitrary, modeArbitrary, observedArbitrary } = catalogues;
  const { scheduleArbitrary } = schedules;
  return { catalogueArbitrary, modeArbitrary, observedArbitrary, scheduleArbitrary };
}
