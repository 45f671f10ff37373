/**
 * A catalogue from a file: found, read, filled with variables, validated.
 *
 * Text to tree is yaml-document.ts's, tree to catalogue build-catalogue.ts's; here is what touches the disk.
 */
import { readFile, stat } from "node:fs/promises";
import { dirname, extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { codeOf, messageOf, ModeshiftError } from "../errors.ts";
import type { Catalogue } from "../modes/catalogue.ts";
import { buildCatalogue, type BuildOptions } from "./build-catalogue.ts";
import { configNames, findConfig } from "./find-config.ts";
import { interpolate, type Environment } from "./interpolate.ts";
import { folderNamespace } from "./namespace.ts";
import { ConfigError, placeFindings } from "./problem.ts";
import { Review } from "./review.ts";
import { treeOf } from "./tree.ts";
import { readYaml } from "./yaml-document.ts";

/** What a file is read with. */
export interface LoadOptions {
  /**
   * The variables that `${VAR}` sees. The library never reads the process's environment by itself: give it
   * `process.env` to allow all. Default: none.
   */
  readonly env?: Environment;
}

/** No sensible catalogue comes near: 500 nodes are 100 kB. */
const maxBytes = 1024 * 1024;

/**
 * The catalogue in a file, or in the one catalogue file of a folder. Relative paths in it are relative to the file;
 * nodes without `cwd` run in its folder.
 *
 * @param path - `.yaml`, `.yml`, `.json` or `.mjs` (whose default export is what `defineCatalogue` takes or gives), or
 * a folder; default: the working directory.
 * @throws {@link ModeshiftError} CONFIG_NOT_FOUND when there is nothing to read
 * @throws {@link ConfigError} (CONFIG_INVALID) with every problem at once
 */
export async function loadCatalogue(path = ".", options: LoadOptions = {}): Promise<Catalogue> {
  const file = await fileAt(path);
  const type = extname(file).toLowerCase();
  if (type === ".mjs" || type === ".js") return importCatalogue(file);
  if (![".yaml", ".yml", ".json"].includes(type)) {
    throw new ModeshiftError(
      "CONFIG_INVALID",
      `${path} is no catalogue: it must end in .yaml, .yml, .json or .mjs.`,
    );
  }
  return parseCatalogue(await readText(file), { ...options, file });
}

/**
 * The catalogue in a text, as if it stood in `file` (which need not exist).
 *
 * @throws {@link ConfigError} (CONFIG_INVALID) with every problem at once
 */
export function parseCatalogue(text: string, options: LoadOptions & { readonly file: string }): Catalogue {
  const document = readYaml(text);
  const refuse = (findings: Parameters<typeof placeFindings>[0]): never => {
    throw new ConfigError(
      options.file,
      placeFindings(findings, { name: options.file, locate: document.locate }),
    );
  };
  if (!document.isReadable) return refuse(document.findings);
  const review = new Review("snake", document.findings);
  const tree = interpolate(document.tree, options.env ?? {}, review);
  const built = buildCatalogue(
    tree,
    { ...inFolder(dirname(resolve(options.file))), spelling: "snake" },
    review.findings,
  );
  return built.catalogue ?? refuse(built.findings);
}

function inFolder(folder: string): Omit<BuildOptions, "spelling"> {
  return {
    namespace: folderNamespace(folder),
    resolvePath: (path) => resolve(folder, path),
    defaultCwd: folder,
  };
}

async function fileAt(path: string): Promise<string> {
  try {
    if (!(await stat(path)).isDirectory()) return path;
  } catch (error) {
    throw unreadable(path, error);
  }
  const found = await findConfig(path);
  if (found !== undefined) return found;
  throw new ModeshiftError(
    "CONFIG_NOT_FOUND",
    `There is no catalogue in ${resolve(path)}: no ${configNames.join(", ")}. Make one with 'modeshift init', or name one with --config.`,
  );
}

async function readText(file: string): Promise<string> {
  let bytes: Buffer;
  try {
    const { size } = await stat(file);
    if (size > maxBytes) {
      throw single(file, `${size} bytes are too much for a catalogue`, "The limit is 1 MiB.");
    }
    bytes = await readFile(file);
  } catch (error) {
    throw error instanceof ModeshiftError ? error : unreadable(file, error);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw single(file, "the file is not UTF-8 text", "Save it as UTF-8.");
  }
}

async function importCatalogue(file: string): Promise<Catalogue> {
  let module: unknown;
  try {
    module = await import(pathToFileURL(resolve(file)).href);
  } catch (error) {
    if (codeOf(error) === "CONFIG_INVALID") throw error;
    throw new ModeshiftError("CONFIG_INVALID", `${file} could not be imported: ${messageOf(error)}`, {
      cause: error,
    });
  }
  const exported =
    typeof module === "object" && module !== null && "default" in module ? module.default : undefined;
  if (isCatalogue(exported)) return exported;
  if (exported === undefined) {
    throw single(file, "there is no default export", "Write: export default defineCatalogue({ ... })");
  }
  const built = buildCatalogue(treeOf(exported), { ...inFolder(dirname(resolve(file))), spelling: "camel" });
  if (built.catalogue === undefined) throw new ConfigError(file, placeFindings(built.findings));
  return built.catalogue;
}

/** A finished catalogue, whichever copy of the package made it: only there a duration's name ends in Ms. */
function isCatalogue(value: unknown): value is Catalogue {
  return (
    typeof value === "object" &&
    value !== null &&
    "transitionTimeoutMs" in value &&
    "modes" in value &&
    value.modes instanceof Map
  );
}

function unreadable(path: string, error: unknown): ModeshiftError {
  const code = codeOf(error);
  const why = code === "ENOENT" ? "there is no such file" : messageOf(error);
  return new ModeshiftError("CONFIG_NOT_FOUND", `${path} cannot be read: ${why}.`, { cause: error });
}

function single(file: string, message: string, remedy: string): ConfigError {
  return new ConfigError(file, [{ path: "", message, remedy, file }]);
}
