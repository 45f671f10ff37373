/**
 * Which robot is meant: its namespace, its catalogue if there is one here, and its Redis if it has one.
 *
 * Reaching its manager is connect.ts's business.
 */
import { findConfig } from "../config/find-config.ts";
import { codeOf, messageOf } from "../errors.ts";
import type { Catalogue } from "../modes/catalogue.ts";
import { doorPath, listDoors } from "./door/socket-path.ts";
import { CliFault } from "./fault.ts";
import type { Session } from "./session.ts";

/** A robot. */
export interface Target {
  readonly namespace: string;
  /** Null when the namespace was given, or found by its open door. */
  readonly catalogue: Catalogue | null;
  readonly redisUrl: string | null;
}

/** A robot whose catalogue is here. */
export interface LoadedTarget extends Target {
  readonly catalogue: Catalogue;
  /** The file, for people. */
  readonly source: string;
}

const namespaceForm = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

/** The catalogue here, or the one `--config` names. @throws CONFIG_NOT_FOUND, CONFIG_INVALID */
export async function loadTarget(session: Session, file?: string): Promise<LoadedTarget> {
  const { options, host } = session;
  const { loadCatalogue } = await import("../config/load-catalogue.ts");
  const path = file ?? options.config ?? (await findConfig(host.cwd)) ?? host.cwd;
  const loaded = await loadCatalogue(path, { env: host.env });
  const namespace = namespaceOption(session) ?? loaded.namespace;
  const catalogue = { ...loaded, namespace };
  return { namespace, catalogue, source: path, redisUrl: redisUrlOf(session, catalogue) };
}

/**
 * The robot that a command talks to. `--namespace` is enough; else the catalogue here says it; else, when a single
 * manager runs on this machine, it is that one.
 *
 * @throws CONFIG_NOT_FOUND, CONFIG_INVALID
 */
export async function findTarget(session: Session): Promise<Target> {
  const namespace = namespaceOption(session);
  if (namespace !== undefined) return { namespace, catalogue: null, redisUrl: redisUrlOf(session, null) };
  try {
    return await loadTarget(session);
  } catch (error) {
    const living = await livingNamespaces(session);
    const [only] = living;
    if (session.options.config !== undefined || only === undefined || living.length > 1) throw error;
    // A catalogue that was broken meanwhile must not keep anyone from stopping the robot.
    if (codeOf(error) !== "CONFIG_NOT_FOUND") {
      session.err.line(
        `${session.err.paint("yellow", "Warning:")} ${messageOf(error).split("\n", 1)[0]}; taking the one manager that runs here, '${only}'.`,
      );
    }
    return { namespace: only, catalogue: null, redisUrl: redisUrlOf(session, null) };
  }
}

/** The namespaces whose door is answered on this machine. */
export async function livingNamespaces(session: Session): Promise<readonly string[]> {
  const { isAnswering } = await import("./door/is-answering.ts");
  const names = await listDoors(session.host.env);
  const living = await Promise.all(names.map((name) => isAnswering(doorPath(session.host.env, name))));
  return names.filter((_, index) => living[index]);
}

function namespaceOption({ options }: Session): string | undefined {
  const { namespace } = options;
  if (namespace === undefined || namespaceForm.test(namespace)) return namespace;
  throw new CliFault(
    "BAD_OPTION",
    `'${namespace}' is no namespace: it may have letters, digits, '_', '.' and '-', at most 64.`,
    "give the catalogue's namespace",
  );
}

function redisUrlOf({ options, host }: Session, catalogue: Catalogue | null): string | null {
  const variable = catalogue?.service.redisUrlEnv ?? "MODESHIFT_REDIS_URL";
  const url = options.redis ?? host.env[variable] ?? "";
  return url === "" ? null : url;
}
