/** The verifier's rule for one node is planTransition's, for every node, mode and observation. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { NodeState, Observed } from "../../src/modes/observation.ts";
import { isOccupying } from "../../src/modes/observation.ts";
import { planTransition } from "../../src/modes/plan.ts";
import { catalogueArbitrary, modeArbitrary } from "../../src/testing/arbitraries.ts";
import {
  BACKOFF,
  DOWN,
  isOccupyingCode,
  plannedCode,
  RESTARTING,
  START_DUE,
  STARTING,
  stateOf,
  STOP_DUE,
  STOPPING,
  STUCK,
  UP,
  wishCode,
} from "../../src/verify/node-code.ts";

const observedAs = new Map<number, NodeState>([
  [DOWN, "stopped"],
  [STARTING, "starting"],
  [UP, "ready"],
  [STOPPING, "stopping"],
  [STUCK, "stuck"],
  [BACKOFF, "backoff"],
  [RESTARTING, "starting"],
]);

const situation = catalogueArbitrary().chain((catalogue) =>
  fc.record({
    catalogue: fc.constant(catalogue),
    mode: modeArbitrary(catalogue),
    codes: fc.array(fc.constantFrom(...observedAs.keys()), {
      minLength: catalogue.nodes.size,
      maxLength: catalogue.nodes.size,
    }),
    entering: fc.boolean(),
  }),
);

test("I2: conformance: each node's stop and start are those of planTransition", () => {
  fc.assert(
    fc.property(situation, ({ catalogue, mode, codes, entering }) => {
      const names = [...catalogue.nodes.keys()];
      const observed: Observed = new Map(
        names.map((name, index) => [name, { state: observedAs.get(codes[index]!)!, generation: 1 }]),
      );
      const plan = planTransition(catalogue, mode, observed, entering);
      const [stops, starts] = [plan.stop, plan.start].map((steps) => steps.map((step) => step.node));

      for (const [index, name] of names.entries()) {
        const wish = {
          wanted: mode.nodes.includes(name),
          restarted: mode.restartNodes.includes(name),
          stopped: mode.stopNodes.includes(name),
        };
        const planned = plannedCode(codes[index]!, wishCode(wish), entering);
        // A stop that is in flight already is joined: it is a step of the plan, but none that has still to begin.
        const stopsHere = (planned & STOP_DUE) !== 0 || stateOf(planned) === STOPPING;
        expect(stopsHere, name).toBe(stops!.includes(name));
        expect((planned & START_DUE) !== 0, name).toBe(starts!.includes(name));
        expect(stateOf(planned) === STARTING && !stopsHere, name).toBe(
          plan.awaited.includes(name) && stateOf(planned) !== BACKOFF,
        );
      }
    }),
  );
});

test("I12: conformance: what occupies in the model occupies in observations", () => {
  for (const [code, state] of observedAs) {
    expect(isOccupyingCode(code, false), state).toBe(isOccupying({ state, generation: 1 }));
  }
  expect(isOccupyingCode(UP, true)).toBe(isOccupying({ state: "done", generation: 1 }));
});
