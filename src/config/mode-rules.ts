/**
 * What must fit together inside one mode, and between it and the nodes it lists. Only reports; build-modes.ts builds.
 */
import type { NodeSpec } from "../modes/catalogue.ts";
import type { Path } from "./problem.ts";
import type { Reference, Review } from "./review.ts";
import type { ShapedMode } from "./schema.ts";

/** A mode's lists with every name known; `nodes` with what it inherits. */
export interface ModeLists {
  readonly nodes: readonly Reference[];
  readonly stopNodes: readonly Reference[];
  readonly restartNodes: readonly Reference[];
}

/** No node in two minds: stopped and wanted, or restarted and not wanted. */
export function judgeLists(lists: ModeLists, review: Review): void {
  const listed = new Set(lists.nodes.map((reference) => reference.name));
  const [stopNodes, restartNodes] = [review.word("stop_nodes"), review.word("restart_nodes")];
  for (const { name, path } of lists.stopNodes.filter((reference) => listed.has(reference.name))) {
    const message = `'${name}' is in both nodes and ${stopNodes}: it would be stopped and not come back`;
    review.report(path, message, `To restart it on entering, list it in ${restartNodes} instead.`);
  }
  for (const { name, path } of lists.restartNodes.filter((reference) => !listed.has(reference.name))) {
    const message = `'${name}' is to be restarted, but the mode does not list it`;
    review.report(path, message, "Add it to the mode's nodes, or remove it here.");
  }
}

/** A mode's nodes get along: dependencies present, no two in conflict. */
export function judgeCompany(
  mode: string,
  listed: readonly Reference[],
  nodes: ReadonlyMap<string, NodeSpec>,
  review: Review,
): void {
  const names = new Set(listed.map((reference) => reference.name));
  const seen = new Set<string>();
  for (const { name, path } of listed) {
    const node = nodes.get(name);
    for (const other of node?.dependsOn.filter((dependency) => !names.has(dependency)) ?? []) {
      const message = `'${name}' depends on '${other}', which mode '${mode}' does not list`;
      review.report(path, message, `Add '${other}' to its nodes.`);
    }
    for (const foe of node?.conflicts.filter((other) => seen.has(other)) ?? []) {
      const why = sharedResource(node, nodes.get(foe));
      const message = `'${name}' conflicts with '${foe}'${why}, and mode '${mode}' lists both`;
      review.report(path, message, "Remove one of the two.");
    }
    seen.add(name);
  }
}

function sharedResource(node: NodeSpec | undefined, other: NodeSpec | undefined): string {
  const shared = node?.resources.find((resource) => other?.resources.includes(resource));
  return shared === undefined ? "" : ` (both hold '${shared}')`;
}

/** Nothing stands in the way of safety (I9), and every way out leads somewhere. */
export function judgePolicy(
  mode: { readonly path: Path; readonly fields: ShapedMode; readonly isFallback: boolean },
  fallbackMode: string | undefined,
  review: Review,
): void {
  const { path, fields } = mode;
  const [onFailure, fallback] = [review.word("on_failure"), review.word("fallback_mode")];
  const role = roleOf(mode, fallback);
  if (role !== undefined && fields.from !== undefined) {
    review.report([...path, "from"], `${role} can always be entered`, "Remove 'from'.");
  }
  if (role !== undefined && (fields.on_failure ?? "continue") !== "continue") {
    const message = `${role} does what it can and stays: nothing leads on from it`;
    review.report([...path, onFailure], message, `Remove '${onFailure}'.`);
  } else if (fields.on_failure === "fallback" && fallbackMode === undefined) {
    const message = `there is no ${fallback} to fall back to`;
    review.report([...path, onFailure], message, `Set ${fallback}, or choose rollback or continue.`);
  }
}

function roleOf(
  mode: { readonly fields: ShapedMode; readonly isFallback: boolean },
  fallback: string,
): string | undefined {
  if (mode.fields.urgent === true) return "an urgent mode";
  return mode.isFallback ? `the ${fallback}` : undefined;
}
