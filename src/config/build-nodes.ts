/**
 * The `nodes` section as NodeSpecs: defaults filled in, durations in milliseconds, conflicts symmetric with shared
 * resources folded in. Reports what does not fit together within the section; modes are build-modes.ts's.
 */
import type { NodeSpec, Readiness, RestartPolicy } from "../modes/catalogue.ts";
import { findCycles } from "./cycles.ts";
import { durationMs, type DurationInput } from "./duration.ts";
import type { Path } from "./problem.ts";
import { referencesIn, type Reference, type Review } from "./review.ts";
import type { ShapedDocument, ShapedNode } from "./schema.ts";

/** Makes a path of the document absolute. */
export type ResolvePath = (path: string) => string;

/** Every managed node, in catalogue order (I1): the section's, or without it every name in `listed`. */
export function buildNodes(
  document: ShapedDocument,
  listed: readonly Reference[],
  review: Review,
  options: { readonly resolvePath: ResolvePath; readonly defaultCwd: string | undefined },
): ReadonlyMap<string, NodeSpec> {
  const section: ReadonlyMap<string, ShapedNode | null | undefined> =
    document.nodes ?? new Map(listed.map(({ name }) => [name, undefined]));
  const defaults = document.defaults ?? {};
  const relations = relateNodes(section, review);
  const nodes = new Map<string, NodeSpec>();
  for (const [name, node] of section) {
    const merged = withDefaults(node ?? {}, defaults);
    const cwd = merged.cwd === undefined ? options.defaultCwd : options.resolvePath(merged.cwd);
    const [program, ...args] = (node?.command ?? []).map((part) => part ?? "");
    nodes.set(name, {
      name,
      ...(program === undefined ? {} : { command: [program, ...args] }),
      ...(cwd === undefined ? {} : { cwd }),
      env: Object.fromEntries([...(merged.env ?? [])].map(([key, value]) => [key, value ?? ""])),
      dependsOn: (relations.dependsOn.get(name) ?? []).map((reference) => reference.name),
      conflicts: relations.conflicts.get(name) ?? [],
      resources: [...new Set((node?.resources ?? []).flatMap((resource) => resource ?? []))],
      ready: readiness(node?.ready),
      startTimeoutMs: milliseconds(merged.start_timeout, 10_000),
      stopSignal: merged.stop_signal ?? "SIGTERM",
      stopTimeoutMs: milliseconds(merged.stop_timeout, 5000),
      killTimeoutMs: milliseconds(merged.kill_timeout, 2000),
      restart: restartPolicy(merged.restart),
      oneshot: node?.oneshot ?? false,
    });
  }
  for (const [name, node] of section) judgeNode(name, node ?? {}, nodes.get(name), document, review);
  return nodes;
}

type Settings = NonNullable<ShapedDocument["defaults"]>;

function withDefaults(node: ShapedNode, defaults: Settings): Settings {
  const own = Object.entries(node).filter(([, value]) => value !== undefined);
  const merged: Settings = { ...defaults, ...Object.fromEntries(own) };
  // What restarts a oneshot is its mode, never a policy, so that the catalogue's default does not concern it.
  const restart = node.oneshot === true ? node.restart : merged.restart;
  return { ...merged, restart, env: new Map([...(defaults.env ?? []), ...(node.env ?? [])]) };
}

function milliseconds(duration: DurationInput | undefined, absent: number): number {
  return duration === undefined ? absent : durationMs(duration);
}

function readiness(ready: ShapedNode["ready"]): Readiness {
  if (ready === undefined) return { kind: "exec" };
  if ("log" in ready && ready.log !== undefined) return { kind: "log", pattern: ready.log };
  if ("fd" in ready && ready.fd !== undefined) return { kind: "fd", fd: ready.fd };
  if ("tcp" in ready && ready.tcp !== undefined) return tcpReadiness(ready.tcp);
  if ("http" in ready && ready.http !== undefined) return { kind: "http", url: ready.http };
  if ("exec" in ready && ready.exec !== undefined) {
    return { kind: "probe", command: ready.exec.map((part) => part ?? "") };
  }
  if ("delay" in ready && ready.delay !== undefined) {
    return { kind: "delay", delayMs: durationMs(ready.delay) };
  }
  return { kind: "exec" };
}

function tcpReadiness(tcp: number | string): Readiness {
  if (typeof tcp === "number") return { kind: "tcp", host: "127.0.0.1", port: tcp };
  const colon = tcp.lastIndexOf(":");
  return { kind: "tcp", host: tcp.slice(0, colon), port: Number(tcp.slice(colon + 1)) };
}

function restartPolicy(restart: Settings["restart"]): RestartPolicy {
  const given = typeof restart === "string" ? { policy: restart } : (restart ?? {});
  return {
    policy: given.policy ?? "on_failure",
    max: given.max ?? 5,
    windowMs: milliseconds(given.window, 60_000),
    backoffMs: milliseconds(given.backoff, 500),
    maxBackoffMs: milliseconds(given.max_backoff, 30_000),
  };
}

/** The relations between nodes, judged: unknown names, self-reference and cycles are noted and left out. */
function relateNodes(
  section: ReadonlyMap<string, ShapedNode | null | undefined>,
  review: Review,
): {
  readonly dependsOn: ReadonlyMap<string, readonly Reference[]>;
  readonly conflicts: ReadonlyMap<string, readonly string[]>;
} {
  const dependsOn = new Map<string, readonly Reference[]>();
  const declared = new Map<string, readonly Reference[]>();
  for (const [name, node] of section) {
    const path = ["nodes", name];
    const word =
      node?.depends_on === undefined && node?.after !== undefined ? "after" : review.word("depends_on");
    if (node?.depends_on !== undefined && node.after !== undefined) {
      review.report(
        [...path, "after"],
        `'after' is another word for '${word}', and both are given`,
        `Keep one of them.`,
        "key",
      );
    }
    const others = (list: readonly (string | undefined)[] | undefined, field: string): readonly Reference[] =>
      review.known("node", referencesIn(list, [...path, field]), section).filter((reference) => {
        if (reference.name === name) review.report(reference.path, `'${name}' names itself`, "Remove it.");
        return reference.name !== name;
      });
    dependsOn.set(name, others(node?.depends_on ?? node?.after, word));
    declared.set(name, others(node?.conflicts, "conflicts"));
  }
  for (const [name, references] of dependsOn) {
    for (const reference of references)
      if (
        declared.get(name)?.some((foe) => foe.name === reference.name) === true ||
        declared.get(reference.name)?.some((foe) => foe.name === name) === true
      )
        review.report(
          reference.path,
          `'${name}' depends on '${reference.name}' and conflicts with it`,
          "Remove one of the two.",
        );
  }
  reportDependencyCycles(dependsOn, review);
  return { dependsOn, conflicts: uniteConflicts(section, declared) };
}

function reportDependencyCycles(dependsOn: ReadonlyMap<string, readonly Reference[]>, review: Review): void {
  const edges = new Map(
    [...dependsOn].map(([name, references]) => [name, references.map((reference) => reference.name)]),
  );
  for (const cycle of findCycles(edges)) {
    const [first, second] = [cycle[0] ?? "", cycle[1] ?? cycle[0]];
    const path = dependsOn.get(first)?.find((reference) => reference.name === second)?.path ?? [
      "nodes",
      first,
    ];
    const links = [...cycle, first].map((name) => `'${name}'`).join(" needs ");
    review.report(
      path,
      `a cycle of dependencies: ${links}`,
      "Remove one of these dependencies: none of them could start first.",
    );
  }
}

/** Who may not run beside whom: declared on either side, or by a shared resource; in catalogue order. */
function uniteConflicts(
  section: ReadonlyMap<string, ShapedNode | null | undefined>,
  declared: ReadonlyMap<string, readonly Reference[]>,
): ReadonlyMap<string, readonly string[]> {
  const foes = new Map<string, Set<string>>([...section.keys()].map((name) => [name, new Set()]));
  const holders = new Map<string, string[]>();
  const pair = (a: string, b: string): void => {
    foes.get(a)?.add(b);
    foes.get(b)?.add(a);
  };
  for (const [name, references] of declared) for (const reference of references) pair(name, reference.name);
  for (const [name, node] of section) {
    for (const resource of new Set(node?.resources ?? [])) {
      if (resource === undefined) continue;
      const others = holders.get(resource) ?? [];
      for (const other of others) pair(name, other);
      holders.set(resource, [...others, name]);
    }
  }
  const order = [...section.keys()];
  return new Map([...foes].map(([name, set]) => [name, order.filter((other) => set.has(other))]));
}

/** What must fit together inside one node. */
function judgeNode(
  name: string,
  node: ShapedNode,
  built: NodeSpec | undefined,
  document: ShapedDocument,
  review: Review,
): void {
  if (built === undefined) return;
  const at = (field: string): Path => ["nodes", name, review.word(field)];
  if (node.command?.[0] === "") {
    review.report([...at("command"), 0], "the program to run is an empty string", "Name the program.");
  }
  if (built.oneshot && node.ready !== undefined) {
    review.report(
      at("ready"),
      "a oneshot is ready when it has ended with exit code 0",
      "Remove 'ready' or 'oneshot'.",
    );
  }
  if (built.oneshot && built.restart.policy === "always") {
    review.report(
      at("restart"),
      "a oneshot that is always restarted is never done",
      "Remove 'restart' or 'oneshot'.",
    );
  }
  if (built.ready.kind === "delay" && built.ready.delayMs >= built.startTimeoutMs) {
    review.report(
      [...at("ready"), "delay"],
      `it is ready after ${built.ready.delayMs} ms, but must be within ${review.word("start_timeout")}, ${built.startTimeoutMs} ms`,
      `Raise ${review.word("start_timeout")} above the delay.`,
    );
  }
  if (built.restart.backoffMs > built.restart.maxBackoffMs) {
    review.report(
      at("restart"),
      `backoff is ${built.restart.backoffMs} ms, more than ${review.word("max_backoff")}, ${built.restart.maxBackoffMs} ms`,
      `Raise ${review.word("max_backoff")} or lower backoff.`,
    );
  }
  judgeTimeouts(built, document, at, review);
}

function judgeTimeouts(
  built: NodeSpec,
  document: ShapedDocument,
  at: (field: string) => Path,
  review: Review,
): void {
  const limit = milliseconds(document.transition_timeout, 60_000);
  const remedy = `Raise ${review.word("transition_timeout")} above it.`;
  if (built.startTimeoutMs > limit) {
    review.report(
      at("start_timeout"),
      `it may take ${built.startTimeoutMs} ms to start, but a whole transition only ${limit} ms`,
      remedy,
    );
  }
  if (built.stopTimeoutMs + built.killTimeoutMs > limit) {
    review.report(
      at("stop_timeout"),
      `with ${review.word("kill_timeout")} it may take ${built.stopTimeoutMs + built.killTimeoutMs} ms to stop, but a whole transition only ${limit} ms`,
      remedy,
    );
  }
}
