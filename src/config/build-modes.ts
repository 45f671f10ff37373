/**
 * The `modes` section as Modes: short form and `extends` resolved, every name checked. Reports what does not fit
 * together between modes and nodes; the nodes themselves are build-nodes.ts's.
 */
import type { Mode, NodeSpec } from "../modes/catalogue.ts";
import { findCycles } from "./cycles.ts";
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
    const { fields, path } = draft;
    const listed = united.get(draft.name) ?? [];
    const stopNodes = review.known("node", draft.stopNodes, nodes);
    const restartNodes = review.known("node", draft.restartNodes, nodes);
    const from =
      fields.from === undefined
        ? undefined
        : review.known("mode", referencesIn(fields.from, [...path, "from"]), byName);
    judgeLists(listed, stopNodes, restartNodes, review);
    judgeCompany(draft, listed, nodes, review);
    judgePolicy(draft, fallbackMode, review);
    modes.set(draft.name, {
      name: draft.name,
      nodes: namesOf(listed),
      stopNodes: namesOf(stopNodes),
      restartNodes: namesOf(restartNodes),
      ...(fields.description === undefined ? {} : { description: fields.description }),
      ...(from === undefined ? {} : { from: namesOf(from) }),
      urgent: fields.urgent ?? false,
      onFailure: fields.on_failure ?? "continue",
    });
  }
  return modes;
}

function namesOf(references: readonly Reference[]): readonly string[] {
  return references.map((reference) => reference.name);
}

/** Each mode's nodes with its parents' before them; what is inherited has its place at the mode's `extends`. */
function uniteExtended(
  drafts: ReadonlyMap<string, ModeDraft>,
  nodes: ReadonlyMap<string, NodeSpec>,
  review: Review,
): ReadonlyMap<string, readonly Reference[]> {
  const parents = new Map(
    [...drafts].map(([name, draft]) => [name, review.known("mode", draft.parents, drafts)]),
  );
  const cycles = findCycles(new Map([...parents].map(([name, references]) => [name, namesOf(references)])));
  for (const cycle of cycles) {
    const first = cycle[0] ?? "";
    const links = [...cycle, first].map((name) => `'${name}'`).join(" extends ");
    review.report(
      [...(drafts.get(first)?.path ?? []), "extends"],
      `a cycle: ${links}`,
      "Remove one of these.",
    );
  }
  const own = new Map([...drafts].map(([name, draft]) => [name, review.known("node", draft.nodes, nodes)]));
  if (cycles.length > 0) return own;
  const united = new Map<string, readonly Reference[]>();
  const unite = (name: string): readonly Reference[] => {
    const known = united.get(name);
    if (known !== undefined) return known;
    const all = new Map<string, Reference>();
    for (const parent of parents.get(name) ?? []) {
      for (const reference of unite(parent.name))
        all.set(reference.name, { name: reference.name, path: parent.path });
    }
    // A node that the mode lists itself is blamed there, but keeps the place in the order that its parent gave it.
    for (const reference of own.get(name) ?? []) all.set(reference.name, reference);
    united.set(name, [...all.values()]);
    return united.get(name) ?? [];
  };
  for (const name of drafts.keys()) unite(name);
  return united;
}

function judgeLists(
  listed: readonly Reference[],
  stopNodes: readonly Reference[],
  restartNodes: readonly Reference[],
  review: Review,
): void {
  const names = new Set(namesOf(listed));
  for (const { name, path } of stopNodes) {
    if (names.has(name))
      review.report(
        path,
        `'${name}' is in both nodes and ${review.word("stop_nodes")}: it would be stopped and not come back`,
        `To restart it on entering, list it in ${review.word("restart_nodes")} instead.`,
      );
  }
  for (const { name, path } of restartNodes) {
    if (!names.has(name))
      review.report(
        path,
        `'${name}' is to be restarted, but the mode does not list it`,
        "Add it to the mode's nodes, or remove it here.",
      );
  }
}

/** A mode's nodes must get along: dependencies present, no two in conflict. */
function judgeCompany(
  draft: ModeDraft,
  listed: readonly Reference[],
  nodes: ReadonlyMap<string, NodeSpec>,
  review: Review,
): void {
  const seen = new Set<string>();
  const names = new Set(namesOf(listed));
  for (const { name, path } of listed) {
    const node = nodes.get(name);
    for (const dependency of node?.dependsOn ?? []) {
      if (!names.has(dependency))
        review.report(
          path,
          `'${name}' depends on '${dependency}', which mode '${draft.name}' does not list`,
          `Add '${dependency}' to its nodes.`,
        );
    }
    for (const foe of node?.conflicts ?? []) {
      if (seen.has(foe))
        review.report(
          path,
          `'${name}' conflicts with '${foe}'${sharedResource(node, nodes.get(foe))}, and mode '${draft.name}' lists both`,
          "Remove one.",
        );
    }
    seen.add(name);
  }
}

function sharedResource(node: NodeSpec | undefined, other: NodeSpec | undefined): string {
  const shared = node?.resources.find((resource) => other?.resources.includes(resource));
  return shared === undefined ? "" : ` (both hold '${shared}')`;
}

/** What would stand in the way of safety (I9), or lead nowhere. */
function judgePolicy(
  { name, path, fields }: ModeDraft,
  fallbackMode: string | undefined,
  review: Review,
): void {
  const [onFailure, fallback] = [review.word("on_failure"), review.word("fallback_mode")];
  const role =
    fields.urgent === true ? "an urgent mode" : name === fallbackMode ? `the ${fallback}` : undefined;
  if (role !== undefined && fields.from !== undefined) {
    review.report([...path, "from"], `${role} can always be entered`, "Remove 'from'.");
  }
  if (role !== undefined && fields.on_failure !== undefined && fields.on_failure !== "continue") {
    review.report(
      [...path, onFailure],
      `${role} does what it can and stays: it leads nowhere else`,
      `Remove '${onFailure}'.`,
    );
  } else if (fields.on_failure === "fallback" && fallbackMode === undefined) {
    review.report(
      [...path, onFailure],
      `there is no ${fallback} to fall back to`,
      `Set ${fallback}, or choose rollback or continue.`,
    );
  }
}
