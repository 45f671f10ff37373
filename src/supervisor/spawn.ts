/**
 * Starts one process: argv without a shell, own session and group, output to a file by descriptor.
 *
 * What goes wrong becomes a NodeFault that keeps the system's code. Its message names the command and never its
 * arguments or environment, which may hold secrets.
 */
import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { existsSync } from "node:fs";
import { codeOf } from "../errors.ts";
import type { NodeSpec } from "../modes/catalogue.ts";
import { NodeFault } from "./node-fault.ts";

/** What to start, beside the spec. */
export interface SpawnRequest {
  readonly spec: NodeSpec;
  readonly argv: readonly [string, ...string[]];
  readonly env: NodeJS.ProcessEnv;
  /** Where stdout and stderr go; null: nowhere. */
  readonly output: number | null;
}

/** A child that has been exec'ed: its pid is known. */
export type SpawnedChild = ChildProcess & { readonly pid: number };

/**
 * Starts it: blocks for about a millisecond, until it has been exec'ed. Returns undefined when that did not work;
 * `failed` is then called in a later turn.
 */
export function spawnNode(
  request: SpawnRequest,
  failed: (fault: NodeFault) => void,
): SpawnedChild | undefined {
  const { spec, argv, env } = request;
  try {
    const child = spawn(argv[0], argv.slice(1), {
      detached: true,
      stdio: stdioOf(request),
      env,
      ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
    });
    if (child.pid !== undefined) {
      // A signal that cannot be delivered is reported by whoever sent it.
      child.on("error", () => undefined);
      return child as SpawnedChild;
    }
    child.once("error", (error) => {
      failed(spawnFault(spec, codeOf(error)));
    });
  } catch (error) {
    setImmediate(failed, spawnFault(spec, codeOf(error)));
  }
  return undefined;
}

function stdioOf({ spec, output }: SpawnRequest): StdioOptions {
  const sink = output ?? "ignore";
  const stdio: StdioOptions = ["ignore", sink, sink];
  if (spec.ready.kind !== "fd") return stdio;
  while (stdio.length < spec.ready.fd) stdio.push("ignore");
  stdio[spec.ready.fd] = "pipe";
  return stdio;
}

const remedies = new Map<string, string>([
  ["ENOENT", "no such command; check its spelling, its path and PATH"],
  ["EACCES", "it may not be executed; check its permissions (chmod +x)"],
  ["ENOEXEC", "it is no program and has no #! line"],
  [
    "EAGAIN",
    "the system allows no more processes now; raise the user's process limit (ulimit -u) or pids.max",
  ],
  ["ENOMEM", "there is not enough memory to start a process"],
  ["EMFILE", "this process has too many files open; raise its limit (ulimit -n)"],
  ["ENFILE", "the system has too many files open"],
  ["E2BIG", "its arguments and environment together are too long"],
  ["ERR_INVALID_ARG_VALUE", "an argument or an environment variable holds a NUL character"],
]);

/** The fault of a spawn that failed with this code. */
export function spawnFault(spec: NodeSpec, code = "START_FAILED"): NodeFault {
  const command = spec.command?.[0] ?? "";
  if (code === "ENOENT" && spec.cwd !== undefined && !existsSync(spec.cwd)) {
    return new NodeFault(code, `${spec.name}: cannot run ${command}: its cwd ${spec.cwd} does not exist.`);
  }
  return new NodeFault(code, `${spec.name}: cannot run ${command}: ${remedies.get(code) ?? code}.`);
}
