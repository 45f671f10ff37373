/**
 * Where the local door is: `modeshift/<namespace>.sock` in $XDG_RUNTIME_DIR, else in a directory of the user's own
 * under the system's temporary directory.
 *
 * Whoever owns that directory owns the robot, so it is judged before every use: ours, private, and no link. Binding
 * is serve-door.ts's, connecting door-client.ts's.
 */
import { createHash } from "node:crypto";
import { lstat, mkdir, readdir } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { isAbsolute, join } from "node:path";
import { codeOf } from "../../errors.ts";
import { CliFault } from "../fault.ts";

// sun_path holds 108 bytes on Linux and 104 on macOS, its end mark included.
const longestPathBytes = 103;
const suffix = ".sock";

/** The environment variables that decide where the door is. */
export type DoorEnvironment = Readonly<Record<string, string | undefined>>;

/** The directory of all doors of this user. It need not exist. */
export function doorDirectory(env: DoorEnvironment): string {
  const runtime = env["XDG_RUNTIME_DIR"] ?? "";
  if (isAbsolute(runtime)) return join(runtime, "modeshift");
  return join(tmpdir(), `modeshift-${userInfo().uid}`);
}

/** The door of a namespace. Names that do not fit into a socket's path are shortened to a hash. */
export function doorPath(env: DoorEnvironment, namespace: string): string {
  const directory = doorDirectory(env);
  const path = join(directory, namespace + suffix);
  if (Buffer.byteLength(path) <= longestPathBytes) return path;
  return join(directory, createHash("sha256").update(namespace).digest("hex").slice(0, 12) + suffix);
}

/** Namespaces that have a door here, alive or not; hashed ones under their hash. */
export async function listDoors(env: DoorEnvironment): Promise<readonly string[]> {
  try {
    const names = await readdir(doorDirectory(env));
    return names.filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length));
  } catch {
    return [];
  }
}

/** Makes the directory, private, and judges it. @throws STATE_UNWRITABLE */
export async function makeDoorDirectory(env: DoorEnvironment): Promise<void> {
  const directory = doorDirectory(env);
  try {
    await mkdir(directory, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== "EEXIST") {
      throw new CliFault(
        "STATE_UNWRITABLE",
        `The local door needs the directory ${directory}, which cannot be made (${codeOf(error) ?? "unknown reason"}).`,
        "set XDG_RUNTIME_DIR to a directory of your own that exists",
        { cause: error },
      );
    }
  }
  await judgeDoorDirectory(env);
}

/** Refuses a directory that someone else could have prepared. Absent is fine. @throws STATE_UNWRITABLE */
export async function judgeDoorDirectory(env: DoorEnvironment): Promise<void> {
  const directory = doorDirectory(env);
  const found = await lstat(directory).catch(() => undefined);
  if (found === undefined) return;
  const problems = [
    found.isDirectory() ? "" : "is no directory",
    found.uid === userInfo().uid ? "" : `belongs to user ${found.uid}`,
    (found.mode & 0o077) === 0 ? "" : "is open to others",
  ].filter((problem) => problem !== "");
  if (problems.length === 0) return;
  throw new CliFault(
    "STATE_UNWRITABLE",
    `The local door's directory ${directory} is not safe to use: it ${problems.join(" and ")}.`,
    `remove it, or make it yours alone: chmod 700 ${directory}`,
  );
}
