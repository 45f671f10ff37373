/** Catalogues of any size to measure with. */
import { defineCatalogue } from "../src/config/define-catalogue.ts";
import type { Catalogue, Mode } from "../src/modes/catalogue.ts";
import { findMode } from "../src/modes/catalogue.ts";
import type { ObservedNode } from "../src/modes/observation.ts";

/** Two modes that share most of their nodes. Every node needs node 0 and the first of its ten: three waves. */
export function wideRobot(nodeCount: number): Catalogue {
  const names = Array.from({ length: nodeCount }, (_, index) => `node-${index}`);
  const dependsOn = (index: number): string[] =>
    index % 10 === 0 ? ["node-0"] : ["node-0", `node-${index - (index % 10)}`];
  const quarter = Math.ceil(nodeCount / 40) * 10;
  return defineCatalogue({
    defaultMode: "one",
    nodes: Object.fromEntries(
      names.map((name, index) => [name, { dependsOn: index === 0 ? [] : dependsOn(index) }]),
    ),
    modes: {
      one: names.slice(0, 3 * quarter),
      two: [...names.slice(0, 10), ...names.slice(quarter, nodeCount)],
    },
  });
}

/** Two modes without a node in common, half of the nodes each. */
export function twoHalves(nodeCount: number): Catalogue {
  const names = Array.from({ length: nodeCount }, (_, index) => `node-${index}`);
  return defineCatalogue({
    defaultMode: "one",
    modes: { one: names.slice(0, nodeCount / 2), two: names.slice(nodeCount / 2) },
  });
}

/** Many modes of ten nodes each, out of a hundred. */
export function manyModes(modeCount: number): Catalogue {
  const nodes = (mode: number): string[] =>
    Array.from({ length: 10 }, (_, index) => `node-${(mode * 7 + index) % 100}`);
  const modes = Array.from({ length: modeCount }, (_, index) => [`mode${index}`, nodes(index)] as const);
  return defineCatalogue({ defaultMode: "mode0", modes: Object.fromEntries(modes) });
}

interface CrowdedMode {
  readonly nodes: readonly string[];
  readonly onFailure?: "rollback" | "fallback";
  readonly from?: readonly string[];
  readonly urgent?: boolean;
}

/**
 * Modes with two fifths of the nodes each; every tenth node depends on a clock, every fiftieth pair conflicts.
 * `isDemanding`: a third of the modes roll back, a third fall back, a quarter may be entered only from some.
 */
export function crowdedRobot(modeCount: number, nodeCount: number, isDemanding = false): Catalogue {
  const names = Array.from({ length: nodeCount }, (_, index) => `n${index}`);
  const modeNames = Array.from({ length: modeCount }, (_, index) => `mode${index}`);
  const isListed = (mode: number, index: number): boolean =>
    index === 0 || (index * 7 + mode * 3 + ((index * mode) % 11)) % 5 < 2;
  const listOf = (mode: number): string[] =>
    names.filter((_, index) => isListed(mode, index) && (index % 50 !== 2 || !isListed(mode, index - 1)));
  const policyOf = (mode: number): Partial<CrowdedMode> => ({
    ...(mode % 3 === 1 ? { onFailure: "rollback" } : {}),
    ...(mode % 3 === 2 ? { onFailure: "fallback" } : {}),
    ...(mode % 4 === 3 ? { from: modeNames.filter((_, other) => (other * 7 + mode) % 5 === 0) } : {}),
  });
  const modes = modeNames.map((name, mode): [string, CrowdedMode] => [
    name,
    { nodes: listOf(mode), ...(isDemanding ? policyOf(mode) : {}) },
  ]);
  const nodes = names.map((name, index) => {
    const dependsOn = index % 10 === 5 ? ["n0"] : [];
    const conflicts = index % 50 === 2 ? [`n${index - 1}`] : [];
    return [name, { dependsOn, conflicts }] as const;
  });
  return defineCatalogue({
    defaultMode: "mode0",
    fallbackMode: "safe",
    nodes: new Map(nodes),
    modes: new Map([...modes, ["safe", { nodes: ["n0"], urgent: true }]]),
  });
}

/** A mode by name. */
export function modeOf(catalogue: Catalogue, name: string): Mode {
  const mode = findMode(catalogue, name);
  if (mode === undefined) throw new Error(`no mode ${name}`);
  return mode;
}

/** What is observed when every node of a mode is ready. */
export function allReady(mode: Mode): ReadonlyMap<string, ObservedNode> {
  return new Map(mode.nodes.map((node) => [node, { state: "ready", generation: 1 }]));
}
