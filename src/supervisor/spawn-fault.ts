/**
 * Why a process could not be started, in words: the system's code, and what to do.
 *
 * The message names the command and never its arguments or environment, which may hold secrets.
 */
import { existsSync } from "node:fs";
import type { NodeSpec } from "../modes/catalogue.ts";
import { NodeFault } from "./node-fault.ts";

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
  ["FENCED", "another manager holds the state directory now"],
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
