/**
 * Whether a command can be run, found out before a wrapping shell is started in its place: the shell would turn
 * "no such command" into an exit of its own.
 */
import { accessSync, constants, statSync } from "node:fs";
import { resolve } from "node:path";
import { codeOf } from "../errors.ts";

/** The code that running it would fail with; undefined when it looks runnable. */
export function commandProblem(
  command: string,
  cwd: string | undefined,
  path: string | undefined,
): string | undefined {
  const base = cwd ?? "";
  if (command.includes("/")) return fileProblem(base, command);
  let problem = "ENOENT";
  for (const folder of (path ?? "/usr/bin:/bin").split(":")) {
    const found = fileProblem(base, folder, command);
    if (found === undefined) return undefined;
    if (found !== "ENOENT" && found !== "ENOTDIR") problem = found;
  }
  return problem;
}

/** The working directory is asked for only by what is relative to it: it may have gone. */
function fileProblem(...parts: readonly string[]): string | undefined {
  try {
    const path = resolve(...parts);
    if (!statSync(path).isFile()) return "EACCES";
    accessSync(path, constants.X_OK);
    return undefined;
  } catch (error) {
    return codeOf(error) ?? "ENOENT";
  }
}
