/**
 * A catalogue from code, with mode and node names as literal types.
 *
 * The same validation as a file's (build-catalogue.ts); only the spelling differs.
 */
import { resolve } from "node:path";
import type { Catalogue } from "../modes/catalogue.ts";
import { buildCatalogue } from "./build-catalogue.ts";
import type { CatalogueInput, NodeName } from "./catalogue-input.ts";
import { ConfigError, placeFindings } from "./problem.ts";
import { treeOf } from "./tree.ts";

/** Where a catalogue from code stands. */
export interface DefineOptions {
  /** What relative paths (`cwd`, `service.stateDir`) are relative to. Default: the working directory. */
  readonly folder?: string;
}

/**
 * A validated catalogue. Without `nodes`, every name that a mode lists is a node, for a custom supervisor to run.
 *
 * @throws {@link ConfigError} (CONFIG_INVALID) with every problem at once
 *
 * @example
 * ```ts
 * import { defineCatalogue } from "modeshift";
 * const catalogue = defineCatalogue({
 *   defaultMode: "idle",
 *   modes: { idle: ["clock"], teleop: { nodes: ["clock", "drive"], restartNodes: ["drive"] } },
 * });
 * [...catalogue.modes.keys()]; // => ["idle", "teleop"]
 * ```
 */
export function defineCatalogue<
  const ModeName extends string,
  const Node extends string = never,
  const Listed extends NodeName<Node, string> = NodeName<Node, string>,
>(
  input: CatalogueInput<ModeName, Node, Listed>,
  options: DefineOptions = {},
): Catalogue<ModeName, NodeName<Node, Listed>> {
  const folder = options.folder ?? ".";
  const built = buildCatalogue(treeOf(input), {
    spelling: "camel",
    namespace: "modeshift",
    resolvePath: (path) => resolve(folder, path),
    defaultCwd: options.folder === undefined ? undefined : resolve(folder),
  });
  if (built.catalogue === undefined) throw new ConfigError("The catalogue", placeFindings(built.findings));
  // The names are those of the input: the compiler read them off its type, the build off its value.
  return built.catalogue as Catalogue<ModeName, NodeName<Node, Listed>>;
}
