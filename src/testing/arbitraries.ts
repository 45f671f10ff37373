/**
 * fast-check arbitraries of valid catalogues and of what may be observed of their nodes.
 *
 * Apart from the rest of the testing kit, because it needs fast-check, which the user brings. What is generated has
 * passed `defineCatalogue`: it is valid by construction, and a refusal is a fault here.
 */
import * as fc from "fast-check";
import type { ModeInput, NodeInput } from "../config/catalogue-input.ts";
import { defineCatalogue } from "../config/define-catalogue.ts";
import type { Catalogue, Mode, OnFailure } from "../modes/catalogue.ts";
import type { NodeState, Observed } from "../modes/observation.ts";

/** How large and how odd generated catalogues are. */
export interface CatalogueSize {
  /** @defaultValue 7 */
  readonly maxNodes?: number;
  /** @defaultValue 5 */
  readonly maxModes?: number;
  /** `odd`: any legal name, `__proto__`, `2` and `a.b` among them. @defaultValue "odd" */
  readonly names?: "plain" | "odd";
}

const oddNames = [
  "__proto__",
  "constructor",
  "toString",
  "2",
  "10",
  "a.b",
  "#x",
  "~",
  "a b",
  "😀",
  "$",
  "*",
  "<<",
];

function nameArbitrary(kind: "plain" | "odd"): fc.Arbitrary<string> {
  const plain = fc.string({
    unit: fc.constantFrom("a", "b", "c", "d", "e", "f", "g"),
    minLength: 1,
    maxLength: 2,
  });
  if (kind === "plain") return plain;
  const any = fc
    .string({ minLength: 1, maxLength: 6, unit: "grapheme" })
    .filter((name) => !/\p{Cc}|\p{Cs}/u.test(name));
  return fc.oneof(
    { weight: 3, arbitrary: plain },
    { weight: 2, arbitrary: fc.constantFrom(...oddNames) },
    any,
  );
}

/** What is drawn for one node; numbers are taken modulo what is there, so that everything shrinks towards 0 and empty. */
const nodeDraft = fc.record({
  /** Rank among the nodes: dependencies point to lower ranks, whatever the order in the catalogue. */
  rank: fc.nat(20),
  dependsOn: fc.array(fc.nat(20), { maxLength: 2 }),
  conflicts: fc.array(fc.nat(20), { maxLength: 1 }),
  resources: fc.subarray(["camera", "gpu"], { maxLength: 1 }),
  oneshot: fc.boolean(),
  startTimeout: fc.integer({ min: 1, max: 20 }),
  stopTimeout: fc.integer({ min: 0, max: 20 }),
});

const modeDraft = fc.record({
  nodes: fc.array(fc.nat(20), { maxLength: 5 }),
  stopNodes: fc.array(fc.nat(20), { maxLength: 1 }),
  restartNodes: fc.array(fc.nat(20), { maxLength: 1 }),
  extends: fc.array(fc.nat(20), { maxLength: 1 }),
  from: fc.option(fc.array(fc.nat(20), { maxLength: 3 }), { nil: undefined }),
  urgent: fc.nat(4).map((draw) => draw === 4),
  onFailure: fc.constantFrom<OnFailure>("continue", "rollback", "fallback"),
});

type NodeDraft = typeof nodeDraft extends fc.Arbitrary<infer Draft> ? Draft : never;
type ModeDraft = typeof modeDraft extends fc.Arbitrary<infer Draft> ? Draft : never;

/** Any valid catalogue up to a size, with dependencies, conflicts, resources, `from`, `extends` and policies. */
export function catalogueArbitrary(size: CatalogueSize = {}): fc.Arbitrary<Catalogue> {
  const { maxNodes = 7, maxModes = 5, names = "odd" } = size;
  const name = nameArbitrary(names);
  return fc
    .record({
      nodes: fc.uniqueArray(fc.tuple(name, nodeDraft), { selector: ([key]) => key, maxLength: maxNodes }),
      modes: fc.uniqueArray(fc.tuple(name, modeDraft), {
        selector: ([key]) => key,
        minLength: 1,
        maxLength: maxModes,
      }),
      defaultMode: fc.nat(20),
      fallbackMode: fc.option(fc.nat(20), { nil: undefined }),
      onBusy: fc.constantFrom("preempt", "queue", "reject"),
    })
    .map(({ nodes, modes, defaultMode, fallbackMode, onBusy }) => {
      const nodeNames = nodes.map(([key]) => key);
      const modeNames = modes.map(([key]) => key);
      const inputs = new Map(nodes.map((entry, index) => [entry[0], nodeInput(entry[1], index, nodes)]));
      const fallback = pick(modeNames, fallbackMode);
      return defineCatalogue({
        defaultMode: pick(modeNames, defaultMode) ?? "",
        nodes: inputs,
        modes: modeInputs(modes, { nodeNames, modeNames, inputs, fallback }),
        ...(fallback === undefined ? {} : { fallbackMode: fallback }),
        onBusy,
      });
    });
}

function pick<Item>(items: readonly Item[], draw: number | undefined): Item | undefined {
  return draw === undefined ? undefined : items[draw % Math.max(1, items.length)];
}

function pickAll<Item>(items: readonly Item[], draws: readonly number[]): Item[] {
  return [...new Set(draws.flatMap((draw) => pick(items, draw) ?? []))];
}

function nodeInput(
  draft: NodeDraft,
  index: number,
  all: readonly (readonly [string, NodeDraft])[],
): NodeInput {
  const isBelow = (other: number): boolean => {
    const rank = all[other]?.[1].rank ?? 0;
    return rank < draft.rank || (rank === draft.rank && other < index);
  };
  const places = all.map((_, place) => place);
  const name = (place: number): string => all[place]?.[0] ?? "";
  const needs = pickAll(places, draft.dependsOn).filter(isBelow);
  // Resources only make conflicts; a pair that also depends on one another would be refused.
  const isFree = (place: number): boolean => place !== index && !needs.includes(place) && isBelow(place);
  const resources = needs.length === 0 ? draft.resources : [];
  const conflicts = pickAll(places, draft.conflicts).filter(isFree);
  return {
    dependsOn: needs.map(name),
    conflicts: conflicts.map(name),
    resources,
    oneshot: draft.oneshot && draft.rank % 3 === 0,
    startTimeout: draft.startTimeout,
    stopTimeout: draft.stopTimeout,
    killTimeout: 5,
  };
}

interface Surroundings {
  readonly nodeNames: readonly string[];
  readonly modeNames: readonly string[];
  readonly inputs: ReadonlyMap<string, NodeInput>;
  readonly fallback: string | undefined;
}

function modeInputs(
  modes: readonly (readonly [string, ModeDraft])[],
  around: Surroundings,
): ReadonlyMap<string, ModeInput> {
  const built = new Map<string, ModeInput>();
  for (const [name, draft] of modes) {
    const nodes = companyOf(pickAll(around.nodeNames, draft.nodes), around.inputs);
    const parents = pickAll([...built.keys()], draft.extends).filter((parent) =>
      isWithin(built, parent, nodes),
    );
    const isSafe = draft.urgent || name === around.fallback;
    const onFailure =
      draft.onFailure === "fallback" && around.fallback === undefined ? "continue" : draft.onFailure;
    built.set(name, {
      nodes: [...nodes],
      extends: parents,
      stopNodes: pickAll(around.nodeNames, draft.stopNodes).filter((node) => !nodes.has(node)),
      restartNodes: pickAll([...nodes], draft.restartNodes),
      urgent: draft.urgent,
      ...(isSafe
        ? {}
        : {
            onFailure,
            ...(draft.from === undefined ? {} : { from: pickAll(around.modeNames, draft.from) }),
          }),
    });
  }
  return built;
}

function isWithin(
  built: ReadonlyMap<string, ModeInput>,
  parent: string,
  nodes: ReadonlySet<string>,
): boolean {
  return (built.get(parent)?.nodes ?? []).every((node) => nodes.has(node));
}

/** The wanted nodes with their dependencies, without those that would conflict with one taken before. */
function companyOf(wanted: readonly string[], inputs: ReadonlyMap<string, NodeInput>): Set<string> {
  const taken = new Set<string>();
  for (const node of wanted) {
    const group = withDependencies(node, inputs);
    const all = [...new Set([...taken, ...group])];
    if (!all.some((one, place) => all.slice(place + 1).some((other) => areFoes(one, other, inputs)))) {
      for (const member of group) taken.add(member);
    }
  }
  return taken;
}

function withDependencies(node: string, inputs: ReadonlyMap<string, NodeInput>): Set<string> {
  const group = new Set([node]);
  for (const member of group) for (const other of inputs.get(member)?.dependsOn ?? []) group.add(other);
  return group;
}

function areFoes(one: string, other: string, inputs: ReadonlyMap<string, NodeInput>): boolean {
  const [a, b] = [inputs.get(one), inputs.get(other)];
  const shares = a?.resources?.some((resource) => b?.resources?.includes(resource)) ?? false;
  return shares || (a?.conflicts?.includes(other) ?? false) || (b?.conflicts?.includes(one) ?? false);
}

/** One of the catalogue's modes. */
export function modeArbitrary(catalogue: Catalogue): fc.Arbitrary<Mode> {
  return fc.constantFrom(...catalogue.modes.values());
}

const allStates: readonly NodeState[] = [
  "starting",
  "ready",
  "stopping",
  "stuck",
  "backoff",
  "done",
  "stopped",
];

/**
 * What may be observed of a catalogue's nodes: any state for any node, some of them never seen, and with `leftovers`
 * also nodes that the catalogue does not know.
 */
export function observedArbitrary(
  catalogue: Catalogue,
  options: { readonly states?: readonly NodeState[]; readonly leftovers?: boolean } = {},
): fc.Arbitrary<Observed> {
  const { states = allStates, leftovers = false } = options;
  const strangers = leftovers
    ? ["left over", "left over 2"].filter((name) => !catalogue.nodes.has(name))
    : [];
  const node = fc.record({ state: fc.constantFrom(...states), generation: fc.integer({ min: 1, max: 9 }) });
  const seen = [...catalogue.nodes.keys(), ...strangers].map((name) =>
    fc.tuple(fc.constant(name), fc.option(node, { nil: undefined })),
  );
  return fc
    .tuple(...seen)
    .map(
      (entries) =>
        new Map(entries.flatMap(([name, status]) => (status === undefined ? [] : [[name, status]]))),
    );
}
