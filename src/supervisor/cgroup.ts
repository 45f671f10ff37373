/**
 * Control groups (version 2): one per incarnation, so that whatever a node forks, and however it hides, it is found
 * and killed. Used where a probe shows that a subtree of ours can be written and killed; else groups and marker do.
 *
 * A process enters its group by itself, before it becomes the node: a wrapping shell writes itself down, then execs.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { codeOf } from "../errors.ts";
import { fileNameFor } from "./file-name.ts";
import { withDescriptor } from "./spare-descriptor.ts";

const enter = 'echo 0 2>/dev/null > "$0"; exec "$@"';

/** argv that first enters the control group at `path`. */
export function enteringCgroup(path: string, argv: readonly string[]): readonly [string, ...string[]] {
  return ["/bin/sh", "-c", enter, join(path, "cgroup.procs"), ...argv];
}

/** Our own place in the version 2 hierarchy, as a directory; undefined when there is none to be seen. */
export function ownCgroup(): string | undefined {
  try {
    const own = /^0::(.*)$/m.exec(readFileSync("/proc/self/cgroup", "utf8"))?.[1];
    const mounts = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
    const mount = mounts.find((line) => line.includes(" - cgroup2 "));
    const [, , , root, mountPoint] = mount?.split(" ") ?? [];
    if (own === undefined || root === undefined || mountPoint === undefined) return undefined;
    const below = root === "/" ? own : own.slice(root.length);
    return own.startsWith(root) ? join(mountPoint, below) : undefined;
  } catch {
    // No /proc, no control groups.
    return undefined;
  }
}

/** The directories of all runs on one state directory, of this manager's and of dead ones. */
export function runCgroups(stateId: string): readonly string[] {
  const base = ownCgroup();
  if (base === undefined || !existsSync(base)) return [];
  const prefix = `modeshift-${stateId}-`;
  return readdirSync(base).flatMap((name) => (name.startsWith(prefix) ? [join(base, name)] : []));
}

/** The control group of one run, proven to work; undefined when there can be none. */
export async function probeCgroup(stateId: string, epoch: number): Promise<string | undefined> {
  const base = ownCgroup();
  if (base === undefined) return undefined;
  const run = join(base, `modeshift-${stateId}-${epoch}`);
  const trial = join(run, "probe");
  try {
    mkdirSync(trial, { recursive: true });
    if (existsSync(join(trial, "cgroup.kill")) && (await killsByCgroup(trial))) {
      removeCgroup(trial);
      return run;
    }
  } catch {
    // Read-only, not ours, or not version 2: groups and marker then.
  }
  removeCgroup(run);
  return undefined;
}

// A sleeper enters the group and tells so; then one write must end it.
function killsByCgroup(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const [command, ...argv] = enteringCgroup(path, ["sh", "-c", "echo in; read -r _"]);
    const sleeper = spawn(command, argv, { stdio: ["pipe", "pipe", "ignore"], detached: true });
    sleeper.once("error", () => {
      resolve(false);
    });
    sleeper.once("exit", (_code, signal) => {
      resolve(signal === "SIGKILL");
    });
    sleeper.stdout.once("data", () => {
      killCgroup(path);
      // Unkilled it ends by itself here, and the answer is no.
      setImmediate(() => sleeper.stdin.end());
    });
  });
}

/** Where the group of one incarnation is made, by the spawner: the kernel may take its time for that. */
export function cgroupOf(run: string, node: string, generation: number): string {
  return join(run, `${fileNameFor(node)}-${generation}`);
}

/** Whether anything lives in it or below; a group that has gone is empty, one that cannot be read is not. */
export function isPopulated(path: string): boolean {
  try {
    const events = withDescriptor(() => readFileSync(join(path, "cgroup.events"), "latin1"));
    return events.includes("populated 1");
  } catch (error) {
    const code = codeOf(error);
    return code !== "ENOENT" && code !== "ENODEV";
  }
}

/** Everything that lives in it or below. */
export function cgroupPids(path: string): readonly number[] {
  try {
    const text = withDescriptor(() => readFileSync(join(path, "cgroup.procs"), "latin1"));
    const own = text.split("\n").filter(Boolean).map(Number);
    return [...own, ...subgroups(path).flatMap(cgroupPids)];
  } catch {
    return [];
  }
}

/** SIGKILL to all of it at once; fork loops cannot outrun it. */
export function killCgroup(path: string): void {
  try {
    withDescriptor(() => {
      writeFileSync(join(path, "cgroup.kill"), "1");
    });
  } catch {
    // It has gone.
  }
}

/** Removes it with what is below. One that is still populated stays, for the next start to end. */
export function removeCgroup(path: string): void {
  try {
    for (const subgroup of subgroups(path)) removeCgroup(subgroup);
    rmdirSync(path);
  } catch {
    // It has gone, or is not empty yet.
  }
}

/** Calls `onChange` when the group becomes empty or populated; what is returned ends that. Undefined: no watch to be had. */
export function watchCgroup(path: string, onChange: () => void): (() => void) | undefined {
  try {
    const watcher = watch(join(path, "cgroup.events"), { persistent: false }, onChange);
    watcher.on("error", onChange);
    return () => {
      watcher.close();
    };
  } catch {
    return undefined;
  }
}

function subgroups(path: string): readonly string[] {
  const entries = withDescriptor(() => readdirSync(path, { withFileTypes: true }));
  return entries.flatMap((entry) => (entry.isDirectory() ? [join(path, entry.name)] : []));
}
