/**
 * The `nodes` section as NodeSpecs, and what must fit together inside one node.
 *
 * Settings come from node-settings.ts, relations between nodes from node-relations.ts; modes are build-modes.ts's.
 */
import type { NodeSpec } from "../modes/catalogue.ts";
import { relateNodes, type NodeRelations, type NodeSection } from "./node-relations.ts";
import {
  defaultTransitionTimeoutMs,
  milliseconds,
  readiness,
  timing,
  withDefaults,
} from "./node-settings.ts";
import type { Path } from "./problem.ts";
import type { Reference, Review } from "./review.ts";
import type { ShapedDocument, ShapedNode } from "./schema.ts";

/** Where nodes run. */
export interface Folders {
  /** Makes a path of the document absolute. */
  readonly resolvePath: (path: string) => string;
  /** Where nodes without `cwd` run; undefined: in the manager's working directory. */
  readonly defaultCwd: string | undefined;
}

/** Every managed node, in catalogue order (I1): the section's, or without it every name in `listed`. */
export function buildNodes(
  document: ShapedDocument,
  listed: readonly Reference[],
  review: Review,
  folders: Folders,
): ReadonlyMap<string, NodeSpec> {
  const section: NodeSection = document.nodes ?? new Map(listed.map(({ name }) => [name, null]));
  const relations = relateNodes(section, review);
  const nodes = new Map<string, NodeSpec>();
  for (const [name, written] of section) {
    const node = written ?? {};
    const built = buildNode(name, node, { document, relations, folders });
    judgeReadiness(node, built, review);
    judgeTimeouts(built, milliseconds(document.transition_timeout, defaultTransitionTimeoutMs), review);
    nodes.set(name, built);
  }
  return nodes;
}

interface Surroundings {
  readonly document: ShapedDocument;
  readonly relations: NodeRelations;
  readonly folders: Folders;
}

function buildNode(name: string, node: ShapedNode, { document, relations, folders }: Surroundings): NodeSpec {
  const settings = withDefaults(node, document.defaults ?? {});
  const cwd = settings.cwd === undefined ? folders.defaultCwd : folders.resolvePath(settings.cwd);
  const [program, ...args] = (node.command ?? []).map((part) => part ?? "");
  return {
    name,
    ...(program === undefined ? {} : { command: [program, ...args] }),
    ...(cwd === undefined ? {} : { cwd }),
    env: Object.fromEntries([...(settings.env ?? [])].map(([key, value]) => [key, value ?? ""])),
    dependsOn: (relations.dependsOn.get(name) ?? []).map((other) => other.name),
    conflicts: relations.conflicts.get(name) ?? [],
    resources: [...new Set((node.resources ?? []).flatMap((resource) => resource ?? []))],
    ready: readiness(node.ready),
    ...timing(settings),
    oneshot: node.oneshot ?? false,
  };
}

function judgeReadiness(node: ShapedNode, built: NodeSpec, review: Review): void {
  const path: Path = ["nodes", built.name];
  if (node.command?.[0] === "") {
    review.report([...path, "command", 0], "the program to run is an empty string", "Name the program.");
  }
  if (built.oneshot && node.ready !== undefined) {
    const message = "a oneshot is ready when it has ended with exit code 0";
    review.report([...path, "ready"], message, "Remove 'ready' or 'oneshot'.");
  }
  if (built.oneshot && built.restart.policy === "always") {
    const message = "a oneshot that is always restarted is never done";
    review.report([...path, "restart"], message, "Remove 'restart' or 'oneshot'.");
  }
  if (built.ready.kind === "log" && !isRegularExpression(built.ready.pattern)) {
    const message = `${JSON.stringify(built.ready.pattern)} is no regular expression`;
    review.report(
      [...path, "ready", "log"],
      message,
      "Put a backslash before ( ) [ ] { } * + ? . that are meant as text.",
    );
  }
}

function isRegularExpression(pattern: string): boolean {
  try {
    return new RegExp(pattern) instanceof RegExp;
  } catch {
    return false;
  }
}

function judgeTimeouts(built: NodeSpec, limitMs: number, review: Review): void {
  const at = (field: string): Path => ["nodes", built.name, review.word(field)];
  const [startTimeout, transition] = [review.word("start_timeout"), review.word("transition_timeout")];
  const raise = `Raise ${transition} above it.`;
  if (built.ready.kind === "delay" && built.ready.delayMs >= built.startTimeoutMs) {
    const message = `ready after ${built.ready.delayMs} ms is too late for ${startTimeout}, ${built.startTimeoutMs} ms`;
    review.report([...at("ready"), "delay"], message, `Raise ${startTimeout} above the delay.`);
  }
  if (built.startTimeoutMs > limitMs) {
    const message = `a start of up to ${built.startTimeoutMs} ms is longer than ${transition}, ${limitMs} ms`;
    review.report(at("start_timeout"), message, raise);
  }
  const stopMs = built.stopTimeoutMs + built.killTimeoutMs;
  if (stopMs > limitMs) {
    const message = `a stop of up to ${stopMs} ms (with ${review.word("kill_timeout")}) is longer than ${transition}, ${limitMs} ms`;
    review.report(at("stop_timeout"), message, raise);
  }
  const { backoffMs, maxBackoffMs } = built.restart;
  if (backoffMs > maxBackoffMs) {
    const message = `backoff, ${backoffMs} ms, is longer than ${review.word("max_backoff")}, ${maxBackoffMs} ms`;
    review.report(at("restart"), message, `Raise ${review.word("max_backoff")} or lower backoff.`);
  }
}
