/**
 * How nodes stand to each other: who needs whom, and who may never run beside whom. Reports unknown names, nodes that
 * name themselves, and cycles.
 */
import { orderByNeed } from "./cycles.ts";
import { referencesIn, type Reference, type Review } from "./review.ts";
import type { ShapedNode } from "./schema.ts";

/** The `nodes` section, or bare names where there is none. */
export type NodeSection = ReadonlyMap<string, ShapedNode | null | undefined>;

type Relation = ReadonlyMap<string, readonly Reference[]>;

/** For each node the nodes it depends on, and those it conflicts with (symmetric, in catalogue order). */
export interface NodeRelations {
  readonly dependsOn: Relation;
  readonly conflicts: ReadonlyMap<string, readonly string[]>;
}

/** The relations between nodes, judged; what was reported is left out. */
export function relateNodes(section: NodeSection, review: Review): NodeRelations {
  const dependsOn = relation(section, review, (name, node) => dependencyList(name, node, review));
  const declared = relation(section, review, (_, node) => ({ list: node.conflicts, field: "conflicts" }));
  reportCycles(dependsOn, review);
  reportContradictions(dependsOn, declared, review);
  return { dependsOn, conflicts: uniteConflicts(section, declared) };
}

interface FieldList {
  readonly list: readonly (string | undefined)[] | undefined;
  readonly field: string;
}

function relation(
  section: NodeSection,
  review: Review,
  listOf: (name: string, node: ShapedNode) => FieldList,
): Relation {
  const found = new Map<string, readonly Reference[]>();
  for (const [name, node] of section) {
    const { list, field } = listOf(name, node ?? {});
    const others = review.known("node", referencesIn(list, ["nodes", name, field]), section);
    for (const other of others) {
      if (other.name === name) review.report(other.path, `'${name}' names itself`, "Remove it.");
    }
    found.set(
      name,
      others.filter((other) => other.name !== name),
    );
  }
  return found;
}

/** `after` is another word for `depends_on`. */
function dependencyList(name: string, node: ShapedNode, review: Review): FieldList {
  const dependsOn = { list: node.depends_on, field: review.word("depends_on") };
  if (node.after === undefined) return dependsOn;
  if (node.depends_on === undefined) return { list: node.after, field: "after" };
  const message = `'after' is another word for '${dependsOn.field}', and both are given`;
  review.report(["nodes", name, "after"], message, `Move its names to ${dependsOn.field}.`, "key");
  return dependsOn;
}

function reportCycles(dependsOn: Relation, review: Review): void {
  const edges = new Map([...dependsOn].map(([name, needs]) => [name, needs.map((other) => other.name)]));
  for (const cycle of orderByNeed(edges).cycles) {
    const first = cycle[0] ?? "";
    const second = cycle[1] ?? first;
    const path = dependsOn.get(first)?.find((other) => other.name === second)?.path ?? ["nodes", first];
    const links = [...cycle, first].map((name) => `'${name}'`).join(" needs ");
    const remedy = "Remove one of these dependencies: none of the nodes could start first.";
    review.report(path, `a cycle of dependencies: ${links}`, remedy);
  }
}

function reportContradictions(dependsOn: Relation, declared: Relation, review: Review): void {
  const names = (relation: Relation, name: string): ReadonlySet<string> =>
    new Set((relation.get(name) ?? []).map((other) => other.name));
  for (const [name, needs] of dependsOn) {
    const foes = names(declared, name);
    for (const other of needs) {
      if (!foes.has(other.name) && !names(declared, other.name).has(name)) continue;
      const message = `'${name}' depends on '${other.name}' and conflicts with it: it could never start`;
      review.report(other.path, message, "Remove the dependency or the conflict.");
    }
  }
}

/** Who may not run beside whom: declared on either side, or by a shared resource; in catalogue order. */
function uniteConflicts(section: NodeSection, declared: Relation): ReadonlyMap<string, readonly string[]> {
  const foes = new Map<string, Set<string>>([...section.keys()].map((name) => [name, new Set()]));
  const pair = (a: string, b: string): void => {
    foes.get(a)?.add(b);
    foes.get(b)?.add(a);
  };
  for (const [name, others] of declared) for (const other of others) pair(name, other.name);
  for (const holders of holdersOf(section).values()) {
    for (const [index, holder] of holders.entries()) {
      for (const other of holders.slice(0, index)) pair(holder, other);
    }
  }
  const place = new Map([...section.keys()].map((name, index) => [name, index]));
  const byPlace = (a: string, b: string): number => (place.get(a) ?? 0) - (place.get(b) ?? 0);
  return new Map([...foes].map(([name, others]) => [name, [...others].toSorted(byPlace)]));
}

/** Resource to the nodes that hold it. */
function holdersOf(section: NodeSection): ReadonlyMap<string, readonly string[]> {
  const holders = new Map<string, string[]>();
  for (const [name, node] of section) {
    for (const resource of new Set(node?.resources ?? [])) {
      if (resource === undefined) continue;
      const known = holders.get(resource);
      if (known === undefined) holders.set(resource, [name]);
      else known.push(name);
    }
  }
  return holders;
}
