/**
 * Which robot is meant: its namespace, its catalogue if there is one here, and its Redis if it has one.
 *
 * Reaching its manager is connect.ts's business.
 */
import { resolve } from "node:path";
import { findConfig } from "../config/find-config.ts";
import { namespacePattern } from "../config/namespace.ts";
import type { Catalogue } from "../modes/catalogue.ts";
import { doorPath, listDoors } from "./door/socket-path.ts";
import { CliFault } from "./fault.ts";
import type { Session } from "./session.ts";

const defaultVariable = "MODESHIFT_REDIS_URL";

/** A robot. */
export interface Target {
  readonly namespace: string;
  readonly redisUrl: string | null;
}

/** A robot whose catalogue is here. */
export interface LoadedTarget extends Target {
  readonly catalogue: Catalogue;
  /** The file, for people. */
  readonly source: string;
  /** When it was read, ms since the Unix epoch. */
  readonly readAt: number;
}

/** The catalogue here, or the one `--config` names. @throws CONFIG_NOT_FOUND, CONFIG_INVALID */
export async function loadTarget(session: Session, file?: string): Promise<LoadedTarget> {
  const { host } = session;
  const { loadCatalogue } = await import("../config/load-catalogue.ts");
  const path = file ?? (await fileOf(session)) ?? host.cwd;
  const readAt = Date.now();
  const loaded = await loadCatalogue(resolve(host.cwd, path), { env: host.env });
  const namespace = namespaceOption(session) ?? loaded.namespace;
  const catalogue = { ...loaded, namespace };
  const redisUrl = redisUrlOf(session, catalogue.service.redisUrlEnv);
  return { namespace, catalogue, source: path, readAt, redisUrl };
}

/**
 * The robot that a command talks to. `--namespace` is enough; else the catalogue here says it; else, when a single
 * manager runs on this machine, it is that one.
 *
 * @throws CONFIG_NOT_FOUND, CONFIG_INVALID
 */
export async function findTarget(session: Session): Promise<Target> {
  const given = namespaceOption(session);
  if (given !== undefined) return { namespace: given, redisUrl: redisUrlOf(session, defaultVariable) };
  const file = await fileOf(session);
  if (file !== undefined) {
    const { readIdentity } = await import("./identity.ts");
    const { namespace, redisUrlEnv } = (await readIdentity(file)) ?? {};
    if (namespace === undefined) return loadTarget(session);
    return { namespace, redisUrl: redisUrlOf(session, redisUrlEnv ?? defaultVariable) };
  }
  const [only, ...others] = await livingNamespaces(session);
  if (only === undefined || others.length > 0) return loadTarget(session);
  return { namespace: only, redisUrl: redisUrlOf(session, defaultVariable) };
}

async function fileOf({ options, host }: Session): Promise<string | undefined> {
  return options.config === undefined ? findConfig(host.cwd) : resolve(host.cwd, options.config);
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
  if (namespace === undefined || namespacePattern.test(namespace)) return namespace;
  throw new CliFault(
    "BAD_OPTION",
    `'${namespace}' is no namespace: it may have letters, digits, '_', '.' and '-', at most 64.`,
    "give the catalogue's namespace",
  );
}

function redisUrlOf({ options, host }: Session, variable: string): string | null {
  const url = options.redis ?? host.env[variable] ?? "";
  return url === "" ? null : url;
}
