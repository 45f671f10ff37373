/**
 * A command line that commander cannot read, told as every other error is: what was found, and what to do next.
 *
 * Pure. What commander says itself is kept; only its form changes.
 */
import type { CommanderError } from "commander";
import { commands } from "./command-table.ts";
import { exitCodes } from "./exit-codes.ts";
import type { Report } from "./fault.ts";

/** The report of a commander error. `argv`: the command line, for repeating it with the mistake mended. */
export function reportOfUsage({ message: text }: CommanderError, argv: readonly string[]): Report {
  const [found = "", hint = ""] = text.replace(/^error: /, "").split("\n", 2);
  const message = `${found.charAt(0).toUpperCase()}${found.slice(1).replace(/\.$/, "")}.`;
  return { code: "BAD_OPTION", message, next: nextStep(found, hint, argv), exitCode: exitCodes.usage };
}

function nextStep(found: string, hint: string, argv: readonly string[]): string {
  const wrong = /^unknown (?:command|option) '([^']*)'/.exec(found)?.[1];
  const meant = /^\(Did you mean (?:one of )?([^,?]+).*\?\)$/.exec(hint)?.[1];
  if (wrong !== undefined && meant !== undefined) {
    const mended = argv.map((word) => (word === wrong ? meant : word)).join(" ");
    return `did you mean '${meant}'? modeshift ${mended}`;
  }
  const command = commands.find(({ name }) => argv.includes(name));
  return command === undefined
    ? "modeshift --help lists the commands"
    : `modeshift ${command.name} --help has examples`;
}
