/**
 * What is legal in a catalogue but probably not what its author thinks: `modeshift check` prints these beside the
 * verdicts. Nothing here keeps a catalogue from being loaded.
 */
import type { Catalogue } from "../modes/catalogue.ts";
import { printPath, type Path } from "./problem.ts";

/** Something worth knowing about a valid catalogue. */
export interface CatalogueNote {
  /** In the file's words: `modes.teleop.stop_nodes`. */
  readonly path: string;
  readonly message: string;
}

/** All notes, in catalogue order. */
export function noteCatalogue(catalogue: Catalogue): readonly CatalogueNote[] {
  return [
    ...redundantStops(catalogue),
    ...idleNodes(catalogue),
    ...missingCommands(catalogue),
    ...shadowedEnv(catalogue),
  ];
}

function note(path: Path, message: string): CatalogueNote {
  return { path: printPath(path), message };
}

/** A node in stop_nodes is never in nodes: leaving it out has the same effect (I2). */
function redundantStops(catalogue: Catalogue): readonly CatalogueNote[] {
  return [...catalogue.modes.values()]
    .filter((mode) => mode.stopNodes.length > 0)
    .map((mode) =>
      note(
        ["modes", mode.name, "stop_nodes"],
        `${mode.stopNodes.join(", ")} would be stopped without this entry too: a mode stops every node that it does not list`,
      ),
    );
}

function idleNodes(catalogue: Catalogue): readonly CatalogueNote[] {
  const listed = new Set([...catalogue.modes.values()].flatMap((mode) => mode.nodes));
  return [...catalogue.nodes.keys()]
    .filter((name) => !listed.has(name))
    .map((name) => note(["nodes", name], "no mode lists this node: it never runs"));
}

function missingCommands(catalogue: Catalogue): readonly CatalogueNote[] {
  const without = [...catalogue.nodes.values()].filter((node) => node.command === undefined);
  if (without.length === catalogue.nodes.size && without.length > 0) {
    return [note(["nodes"], "no node has a command: only a custom supervisor can run them")];
  }
  return without.map((node) =>
    note(["nodes", node.name], "there is no command: only a custom supervisor can run this node"),
  );
}

function shadowedEnv(catalogue: Catalogue): readonly CatalogueNote[] {
  const reserved = new Set(["MODESHIFT_NODE", "MODESHIFT_NAMESPACE", "MODESHIFT_GENERATION"]);
  return [...catalogue.nodes.values()].flatMap((node) =>
    Object.keys(node.env)
      .filter((variable) => reserved.has(variable))
      .map((variable) => note(["nodes", node.name, "env", variable], "modeshift sets this variable itself")),
  );
}
