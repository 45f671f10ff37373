/**
 * The `modes` section as Modes: short form and `extends` resolved, every name checked. Reports what does not fit
 * together between modes and nodes; the nodes themselves are build-nodes.ts's.
 */
import type { Mode, NodeSpec } from "../modes/catalogue.ts";
import { orderByNeed } from "./cycles.ts";
import { judgeCompany, judgeLists, judgePolicy } from "./mode-rules.ts";
import type { Path } from "./problem.ts";
import { referencesIn, type Reference, type Review } from "./review.ts";
import type { ShapedDocument, ShapedMode } from "./schema.ts";

/** A mode before its names are resolved: every name with its place. */
export interface ModeDraft {
  readonly name: string;
  readonly path: Path;
  readonly fields: ShapedMode;
  readonly nodes: readonly Reference[];
  readonly stopNodes: readonly Reference[];
  readonly restartNodes: readonly Reference[];
  readonly parents: readonly Reference[];
}

/** The modes in file order, short form and long form alike. */
export function draftModes(document: ShapedDocument, review: Review): readonly ModeDraft[] {
  return [...(document.modes ?? [])].map(([name, written]) => {
    const path = ["modes", name];
    const short = isShort(written);
    const fields = short || written === undefined ? {} : written;
    const list = (field: "nodes" | "stop_nodes" | "restart_nodes"): readonly Reference[] =>
      referencesIn(fields[field], [...path, review.word(field)]);
    return {
      name,
      path,
      fields,
      nodes: short ? referencesIn(written, path) : list("nodes"),
      stopNodes: list("stop_nodes"),
      restartNodes: list("restart_nodes"),
      parents: parentsOf(fields, [...path, "extends"]),
    };
  });
}

function isShort(
  written: ShapedMode | readonly (string | undefined)[] | undefined,
): written is readonly (string | undefined)[] {
  return Array.isArray(written);
}

function parentsOf(fields: ShapedMode, path: Path): readonly Reference[] {
  if (typeof fields.extends === "string") return [{ name: fields.extends, path }];
  return referencesIn(fields.extends, path);
}

/** Every name in any mode's lists, in order of appearance: the managed nodes where there is no `nodes` section. */
export function listedNodes(drafts: readonly ModeDraft[]): readonly Reference[] {
  const all = drafts.flatMap((draft) => [...draft.nodes, ...draft.stopNodes, ...draft.restartNodes]);
  return [...new Map(all.map((reference) => [reference.name, reference])).values()];
}

/** The finished modes. */
export function buildModes(
  drafts: readonly ModeDraft[],
  nodes: ReadonlyMap<string, NodeSpec>,
  fallbackMode: string | undefined,
  review: Review,
): ReadonlyMap<string, Mode> {
  const byName = new Map(drafts.map((draft) => [draft.name, draft]));
  const united = uniteExtended(byName, nodes, review);
  const modes = new Map<string, Mode>();
  for (const draft of drafts) {
    const { fields, path, name } = draft;
    const lists = {
      nodes: united.get(name) ?? [],
      stopNodes: review.known("node", draft.stopNodes, nodes),
      restartNodes: review.known("node", draft.restartNodes, nodes),
    };
    // What a mode in a cycle inherits is not known, and so neither is what it lacks.
    if (united.has(name)) {
      judgeLists(lists, review);
      judgeCompany(name, lists.nodes, nodes, review);
    }
    judgePolicy({ path, fields, isFallback: name === fallbackMode }, fallbackMode, review);
    const from = review.known("mode", referencesIn(fields.from, [...path, "from"]), byName);
    modes.set(name, {
      name,
      nodes: namesOf(lists.nodes),
      stopNodes: namesOf(lists.stopNodes),
      restartNodes: namesOf(lists.restartNodes),
      ...(fields.description === undefined ? {} : { description: fields.description }),
      ...(fields.from === undefined ? {} : { from: namesOf(from) }),
      urgent: fields.urgent ?? false,
      onFailure: fields.on_failure ?? "continue",
    });
  }
  return modes;
}

function namesOf(references: readonly Reference[]): readonly string[] {
  return references.map((reference) => reference.name);
}

/**
 * Each mode's nodes with its parents' before them; what is inherited has its place at the mode's `extends`. Modes in
 * or behind a cycle are missing.
 */
function uniteExtended(
  drafts: ReadonlyMap<string, ModeDraft>,
  nodes: ReadonlyMap<string, NodeSpec>,
  review: Review,
): ReadonlyMap<string, readonly Reference[]> {
  const parents = new Map(
    [...drafts].map(([name, draft]) => [name, review.known("mode", draft.parents, drafts)]),
  );
  const own = new Map([...drafts].map(([name, draft]) => [name, review.known("node", draft.nodes, nodes)]));
  const { order, cycles } = orderByNeed(new Map([...parents].map(([name, list]) => [name, namesOf(list)])));
  for (const cycle of cycles) {
    const first = cycle[0] ?? "";
    const links = [...cycle, first].map((name) => `'${name}'`).join(" extends ");
    review.report(["modes", first, "extends"], `a cycle of modes: ${links}`, "Remove one of these.");
  }
  const united = new Map<string, readonly Reference[]>();
  for (const name of order) {
    const all = new Map<string, Reference>();
    for (const { name: parent, path } of parents.get(name) ?? []) {
      for (const inherited of united.get(parent) ?? []) {
        all.set(inherited.name, { name: inherited.name, path });
      }
    }
    // A node that the mode lists itself keeps the position that its parent gave it, but is blamed where it is listed.
    for (const reference of own.get(name) ?? []) all.set(reference.name, reference);
    united.set(name, [...all.values()]);
  }
  return united;
}
