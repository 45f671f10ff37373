/**
 * A tree to a catalogue: the one validation path that files and TypeScript input share.
 *
 * The parts are shape.ts (each value alone), build-nodes.ts and build-modes.ts (what must fit together); here is the
 * order, and what concerns the document as a whole. A catalogue comes out only when nothing was found.
 */
import type { Catalogue, Invariant, ServiceOptions } from "../modes/catalogue.ts";
import { buildModes, draftModes, listedNodes } from "./build-modes.ts";
import { buildNodes, type Folders } from "./build-nodes.ts";
import { defaultTransitionTimeoutMs, milliseconds } from "./node-settings.ts";
import type { Finding, Path } from "./problem.ts";
import { referencesIn, Review, type Reference } from "./review.ts";
import { documentSchema, type ShapedDocument } from "./schema.ts";
import { shape } from "./shape.ts";
import type { Tree } from "./tree.ts";
import type { Spelling } from "./words.ts";

/** What the document itself does not say. */
export interface BuildOptions extends Folders {
  readonly spelling: Spelling;
  /** The namespace of a document that names none. */
  readonly namespace: string;
}

/** A catalogue, or everything that stands against it. */
export type Built =
  | { readonly catalogue: Catalogue; readonly findings?: never }
  | { readonly catalogue?: never; readonly findings: readonly Finding[] };

/** Validates and normalises a document. Findings of earlier readers (syntax, variables) come first. */
export function buildCatalogue(tree: Tree, options: BuildOptions, earlier: readonly Finding[] = []): Built {
  const review = new Review(options.spelling, earlier);
  const document = shape(documentSchema, tree, review);
  if (document === undefined) return { findings: review.findings };
  const catalogue = assemble(document, options, review);
  return review.findings.length === 0 ? { catalogue } : { findings: review.findings };
}

function assemble(document: ShapedDocument, options: BuildOptions, review: Review): Catalogue {
  const drafts = draftModes(document, review);
  const nodes = buildNodes(document, listedNodes(drafts), review, options);
  const modes = buildModes(drafts, nodes, document.fallback_mode, review);
  if (document.modes !== undefined && modes.size === 0) {
    review.report(["modes"], "there are no modes", "Name at least one, for example idle: [].");
  }
  const mode = (field: "default_mode" | "fallback_mode"): string | null => {
    const name = document[field];
    if (name === undefined) return null;
    review.known("mode", [{ name, path: [review.word(field)] }], modes);
    return name;
  };
  return {
    namespace: document.namespace ?? options.namespace,
    defaultMode: mode("default_mode") ?? "",
    fallbackMode: mode("fallback_mode"),
    onBusy: document.on_busy ?? "preempt",
    transitionTimeoutMs: milliseconds(document.transition_timeout, defaultTransitionTimeoutMs),
    modes,
    nodes,
    invariants: buildInvariants(document, { modes, nodes }, review),
    service: buildService(document, options.resolvePath),
  };
}

function buildInvariants(
  document: ShapedDocument,
  known: { readonly modes: ReadonlyMap<string, unknown>; readonly nodes: ReadonlyMap<string, unknown> },
  review: Review,
): readonly Invariant[] {
  return (document.invariants ?? []).flatMap((written, index): Invariant[] => {
    if (written === undefined) return [];
    const path: Path = ["invariants", index];
    const faults = written.faults === undefined ? {} : { faults: written.faults };
    const nodes = (list: readonly (string | undefined)[], field: string): readonly string[] =>
      review
        .known("node", referencesIn(list, [...path, review.word(field)]), known.nodes)
        .map((reference) => reference.name);
    const mode = (name: string, field: string): string => {
      const reference: Reference = { name, path: [...path, review.word(field)] };
      review.known("mode", [reference], known.modes);
      return name;
    };
    if ("never_together" in written && written.never_together !== undefined) {
      return [{ kind: "never_together", nodes: nodes(written.never_together, "never_together"), ...faults }];
    }
    if ("quiet_in" in written && written.quiet_in !== undefined) {
      return [
        {
          kind: "quiet_in",
          mode: mode(written.quiet_in, "quiet_in"),
          nodes: nodes(written.nodes ?? [], "nodes"),
          ...faults,
        },
      ];
    }
    if ("reachable_from_everywhere" in written && written.reachable_from_everywhere !== undefined) {
      return [
        {
          kind: "reachable_from_everywhere",
          mode: mode(written.reachable_from_everywhere, "reachable_from_everywhere"),
          ...faults,
        },
      ];
    }
    return [];
  });
}

function buildService(document: ShapedDocument, resolvePath: Folders["resolvePath"]): ServiceOptions {
  const service = document.service ?? {};
  return {
    redisUrlEnv: service.redis?.url_env ?? "MODESHIFT_REDIS_URL",
    stateDir: typeof service.state_dir === "string" ? resolvePath(service.state_dir) : null,
    deathGraceMs: milliseconds(service.death_grace, 50),
    inspectPort: service.inspect ?? null,
  };
}
