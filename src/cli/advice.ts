/**
 * Command lines in what the user is told: as they have to be typed here to work.
 *
 * After `npm install modeshift` there is no `modeshift` on the PATH, only `npx modeshift`; and whoever named the robot with
 * an option has to name it again. Texts say `modeshift status`, and are shown through asTypedBy.
 */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { CliHost } from "./cli-host.ts";

/** The options that say which robot is meant, as they were given. */
export interface GivenTarget {
  readonly config?: string;
  readonly namespace?: string;
  readonly redis?: string;
}

/** `modeshift` with one of its commands (command-table.ts), in a sentence. */
const commandLine =
  /(?<![\w/.-]|npx )modeshift (up|down|switch|status|modes|plan|check|graph|events|logs|restart|why|inspect|init|help|--help)\b/g;
/** They need no robot. */
const targetless = new Set(["init", "help", "--help"]);

/** Gives a text with its command lines as they are typed in this environment. Looks there once, when first needed. */
export function asTypedBy(env: CliHost["env"], given: GivenTarget = {}): (text: string) => string {
  let name: string | undefined;
  const target = targetWords(given).join("");
  return (text) =>
    text.replaceAll(commandLine, (_line, command: string) => {
      name ??= calledAs(env);
      return `${name}${targetless.has(command) ? "" : target} ${command}`;
    });
}

/** A word as a shell takes it. */
export function shellWord(word: string): string {
  return /^[\w./@%+=:,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** What to do about a name that is not there: the same command with the nearest one, if any is near. */
export function didYouMean(near: string | undefined, command: string, otherwise: string): string {
  return near === undefined ? otherwise : `did you mean '${near}'? modeshift ${command} ${shellWord(near)}`;
}

function targetWords({ config, namespace, redis }: GivenTarget): string[] {
  const options = [
    ["--config", config],
    ["-n", namespace],
    ["--redis", redis?.replace(/(?<=:\/\/[^/@]*:)[^/@]*(?=@)/, "***")],
  ] as const;
  return options.flatMap(([flag, value]) => (value === undefined ? [] : [` ${flag} ${shellWord(value)}`]));
}

function calledAs(env: CliHost["env"]): string {
  const byNpx = env["npm_command"] === "exec";
  return !byNpx && isOnPath(env) ? "modeshift" : "npx modeshift";
}

/** Whether the user's shell would find it: without the folders that npm puts in front for what it starts. */
function isOnPath(env: CliHost["env"]): boolean {
  const byNpm = env["npm_execpath"] !== undefined;
  return (env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "" && !(byNpm && folder.endsWith(join("node_modules", ".bin"))))
    .some((folder) => isExecutable(join(folder, "modeshift")));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
