/** Generated catalogues: valid, varied, and shrinking towards nothing. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { catalogueArbitrary, observedArbitrary } from "../../src/testing/arbitraries.ts";

test("every generated catalogue is valid: dependencies listed, no conflict in a mode, no node in two minds", () => {
  fc.assert(
    fc.property(catalogueArbitrary({ maxNodes: 10, maxModes: 6 }), (catalogue) => {
      expect(catalogue.modes.has(catalogue.defaultMode)).toBe(true);
      for (const mode of catalogue.modes.values()) {
        for (const name of mode.nodes) {
          const node = catalogue.nodes.get(name);
          expect(mode.nodes).toEqual(expect.arrayContaining([...(node?.dependsOn ?? [])]));
          expect(node?.conflicts.filter((foe) => mode.nodes.includes(foe))).toEqual([]);
        }
        expect(mode.stopNodes.filter((name) => mode.nodes.includes(name))).toEqual([]);
      }
      for (const node of catalogue.nodes.values()) {
        for (const foe of node.conflicts) expect(catalogue.nodes.get(foe)?.conflicts).toContain(node.name);
      }
    }),
    { numRuns: 500 },
  );
});

test("they have everything that a catalogue can have", () => {
  const sample = fc.sample(catalogueArbitrary(), { numRuns: 500, seed: 1 });
  const nodes = sample.flatMap((catalogue) => [...catalogue.nodes.values()]);
  const modes = sample.flatMap((catalogue) => [...catalogue.modes.values()]);

  expect(nodes.some((node) => node.dependsOn.length > 1)).toBe(true);
  expect(nodes.some((node) => node.conflicts.length > 0 && node.resources.length === 0)).toBe(true);
  expect(nodes.some((node) => node.oneshot)).toBe(true);
  expect(modes.some((mode) => mode.urgent)).toBe(true);
  expect(modes.some((mode) => (mode.from?.length ?? 0) > 0)).toBe(true);
  expect(modes.some((mode) => mode.onFailure === "fallback")).toBe(true);
  expect(modes.some((mode) => mode.restartNodes.length > 0)).toBe(true);
  expect(modes.some((mode) => mode.stopNodes.length > 0)).toBe(true);
  expect(modes.some((mode) => mode.name === "__proto__")).toBe(true);
  expect(sample.some((catalogue) => catalogue.fallbackMode !== null)).toBe(true);
});

test("observations are of the catalogue's nodes, and of leftovers only when asked for", () => {
  const pair = catalogueArbitrary().chain((catalogue) =>
    fc.tuple(fc.constant(catalogue), observedArbitrary(catalogue)),
  );
  fc.assert(
    fc.property(pair, ([catalogue, observed]) => {
      for (const name of observed.keys()) expect(catalogue.nodes.has(name)).toBe(true);
    }),
  );
});
