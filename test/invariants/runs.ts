/** What the search draws: a small catalogue with odd names, policies and tight times, and a schedule for it. */
import * as fc from "fast-check";
import type { Catalogue, NodeSpec, RestartPolicy } from "../../src/modes/catalogue.ts";
import { catalogueArbitrary, type CatalogueSize } from "../../src/testing/arbitraries.ts";
import {
  fitSchedule,
  scheduleDraftArbitrary,
  type ScheduleDraft,
  type ScheduleLimits,
} from "../../src/testing/schedule-arbitrary.ts";
import type { Schedule } from "../../src/testing/schedule.ts";

/** One thing to be played. */
export interface RunDraft {
  readonly catalogue: Catalogue;
  readonly schedule: Schedule;
}

const policyArbitrary = fc.record({
  policy: fc.constantFrom<RestartPolicy["policy"]>("never", "on_failure", "always"),
  max: fc.nat(2),
  backoffMs: fc.constantFrom(0, 2, 50),
});

/** See the file header. */
export function runArbitrary(size: CatalogueSize & ScheduleLimits = {}): fc.Arbitrary<RunDraft> {
  return fc
    .record({
      catalogue: catalogueArbitrary({ maxNodes: 4, maxModes: 4, ...size }),
      draft: scheduleDraftArbitrary(size),
      policies: fc.array(policyArbitrary, { maxLength: 4 }),
      transitionTimeoutMs: fc.constantFrom(60_000, 40),
    })
    .map(({ catalogue, draft, policies, transitionTimeoutMs }) =>
      assemble({ ...catalogue, transitionTimeoutMs, nodes: withPolicies(catalogue, policies) }, draft),
    );
}

function assemble(catalogue: Catalogue, draft: ScheduleDraft): RunDraft {
  return { catalogue, schedule: fitSchedule(catalogue, draft) };
}

function withPolicies(
  { nodes }: Catalogue,
  policies: readonly Pick<RestartPolicy, "policy" | "max" | "backoffMs">[],
): ReadonlyMap<string, NodeSpec> {
  return new Map(
    [...nodes].map(([name, node], place) => {
      const drawn = policies[place] ?? { policy: "never", max: 0, backoffMs: 0 };
      const restart = { ...drawn, windowMs: 1_000, maxBackoffMs: 1_000 };
      return [name, { ...node, restart: node.oneshot ? { ...restart, policy: "never" } : restart }];
    }),
  );
}
