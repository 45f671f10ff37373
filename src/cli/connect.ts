/**
 * Finds the manager of the robot that is meant: over Redis when a URL is given and it answers, else by its local door.
 *
 * Which robot is target.ts's to say. Loads ioredis only when there is a URL.
 */
import { codeOf, messageOf } from "../errors.ts";
import { DoorClient } from "./door/door-client.ts";
import { isAnswering } from "./door/is-answering.ts";
import { doorPath, judgeDoorDirectory } from "./door/socket-path.ts";
import { CliFault } from "./fault.ts";
import type { ManagerLink } from "./manager-link.ts";
import type { Session } from "./session.ts";
import { findTarget, livingNamespaces, type Target } from "./target.ts";

/** A way to the manager. @throws MANAGER_NOT_FOUND, and what is wrong with the catalogue or the Redis URL */
export async function connect(session: Session): Promise<ManagerLink> {
  const target = await findTarget(session);
  const door = await doorOf(session, target.namespace);
  if (target.redisUrl === null) return door ?? (await notFound(session, target));
  const { connectRedis } = await import("./redis-link.ts");
  try {
    return await connectRedis(target.redisUrl, target.namespace, door);
  } catch (error) {
    if (door === null || codeOf(error) === "BAD_OPTION") throw error;
    warn(session, codeOf(error), `${messageOf(error)} Using the local door.`);
    return door;
  }
}

function warn({ err, options }: Session, code: string | undefined, message: string): void {
  if (options.json === true) err.line(JSON.stringify({ v: 1, warning: { code, message } }));
  else err.line(`${err.paint("yellow", "Warning:")} ${message}`);
}

/** The manager's local door, for what only it offers. @throws MANAGER_NOT_FOUND */
export async function connectLocally(session: Session): Promise<DoorClient> {
  const target = await findTarget(session);
  return (await doorOf(session, target.namespace)) ?? (await notFound(session, target));
}

async function doorOf(session: Session, namespace: string): Promise<DoorClient | null> {
  const { env } = session.host;
  await judgeDoorDirectory(env);
  const path = doorPath(env, namespace);
  return (await isAnswering(path)) ? new DoorClient(path, namespace) : null;
}

async function notFound(session: Session, { namespace, redisUrl }: Target): Promise<never> {
  const others = await livingNamespaces(session);
  const message = `No manager of namespace '${namespace}' is running on this machine.`;
  const [other] = others;
  if (other !== undefined) {
    throw new CliFault(
      "MANAGER_NOT_FOUND",
      `${message} Running: ${others.join(", ")}.`,
      `name the one you mean, such as -n ${other}, or start this one: modeshift up`,
    );
  }
  if (redisUrl !== null) {
    throw new CliFault(
      "MANAGER_NOT_FOUND",
      `${message} This command needs the local door.`,
      "run it on the robot itself",
    );
  }
  throw new CliFault("MANAGER_NOT_FOUND", message, "modeshift up");
}
