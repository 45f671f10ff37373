/**
 * Whose catalogue a file is, without judging it: enough to find the manager that runs it, in half the time, and also
 * when the file has been broken since.
 *
 * The judging is src/config/load-catalogue.ts's; target.ts asks here first.
 */
import { readFile } from "node:fs/promises";
import { dirname, extname, resolve } from "node:path";
import { folderNamespace, namespacePattern } from "../config/namespace.ts";
import { isTreeMap } from "../config/tree.ts";
import { readYaml } from "../config/yaml-document.ts";

/** Of whom, and where its Redis is named. */
export interface Identity {
  readonly namespace: string;
  readonly redisUrlEnv: string;
}

/** The identity in a file; undefined when only a real load can tell (code, variables, or text that is no YAML). */
export async function readIdentity(file: string): Promise<Identity | undefined> {
  if (![".yaml", ".yml", ".json"].includes(extname(file).toLowerCase())) return undefined;
  const text = await readFile(file, "utf8").catch(() => undefined);
  const { tree } = text === undefined ? { tree: undefined } : readYaml(text);
  if (!isTreeMap(tree)) return undefined;
  const namespace = tree.get("namespace") ?? folderNamespace(dirname(resolve(file)));
  const redisUrlEnv = redisVariable(tree.get("service"));
  const isPlain =
    typeof namespace === "string" && namespacePattern.test(namespace) && redisUrlEnv !== undefined;
  return isPlain ? { namespace, redisUrlEnv } : undefined;
}

function redisVariable(service: unknown): string | undefined {
  const redis = isTreeMap(service) ? service.get("redis") : undefined;
  const name = (isTreeMap(redis) ? redis.get("url_env") : undefined) ?? "MODESHIFT_REDIS_URL";
  return typeof name === "string" && /^\w+$/.test(name) ? name : undefined;
}
