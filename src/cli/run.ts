/**
 * Runs one command line: reads it with commander, runs the command, and turns whatever happens into an exit code.
 *
 * `--help` loads commander and nothing else; each command is imported when it is run (command-table.ts).
 */
import { Command, CommanderError } from "commander";
import type { CliHost } from "./cli-host.ts";
import { commands, globalOptions, type CommandSpec } from "./command-table.ts";
import { exitCodes, type ExitCode } from "./exit-codes.ts";
import { Interrupted, reportOf } from "./fault.ts";
import { createSession, type GlobalOptions, type OptionValues } from "./session.ts";
import { styleOf, type Style } from "./style.ts";

/** Runs the command line. Never rejects; resolves with the exit code when everything is written. */
export async function run(host: CliHost): Promise<ExitCode> {
  let isReaderNeeded = true;
  let given: GlobalOptions = {};
  endQuietlyWhenTheReaderLeaves(host, () => isReaderNeeded);
  let exitCode: ExitCode = exitCodes.done;
  const program = buildProgram(host, async (spec, args, options) => {
    isReaderNeeded = spec.outlivesReader !== true;
    given = options;
    const action = await spec.load();
    exitCode = await action(createSession(host, options), args, options);
  });
  try {
    await program.parseAsync([...host.argv], { from: "user" });
    return exitCode;
  } catch (error) {
    return report(host, error, given);
  }
}

type Runner = (
  spec: CommandSpec,
  args: readonly string[],
  options: GlobalOptions & OptionValues,
) => Promise<void>;

function buildProgram(host: CliHost, runCommand: Runner): Command {
  const program = new Command("modeshift")
    .description("Operational modes for robots: makes the processes that run equal to the mode.")
    .usage("<command> [options]")
    .helpCommand("help [command]", "show the help of a command")
    .configureHelp({ subcommandTerm: termOf })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void host.stdout.write(text),
      writeErr: (text) => void host.stderr.write(text),
      getOutHelpWidth: () => styleOf(host.stdout, host.env).columns,
      getErrHelpWidth: () => styleOf(host.stderr, host.env).columns,
      // Said by report(), in the form of all errors.
      outputError: () => undefined,
    })
    .option("-v, --version", "print the version")
    .on("option:version", () => {
      throw new VersionAsked();
    });
  for (const [flags, description] of globalOptions) program.option(flags, description);
  program.addHelpText("after", () =>
    styleOf(host.stdout, host.env).typed(
      "\nStart here: modeshift init my-robot && cd my-robot && modeshift up",
    ),
  );
  for (const spec of commands) addCommand(program, spec, host, runCommand);
  return program;
}

function addCommand(program: Command, spec: CommandSpec, host: CliHost, runCommand: Runner): void {
  const command = program
    .command(spec.args === undefined ? spec.name : `${spec.name} ${spec.args}`)
    .summary(spec.summary)
    .description(`${sentence(spec.summary)}${spec.details === undefined ? "" : `\n\n${spec.details}`}`);
  for (const [flags, description] of [...(spec.options ?? []), ...globalOptions]) {
    command.option(flags, description);
  }
  command.addHelpText("after", () => `\nExamples:\n${examplesOf(spec, styleOf(host.stdout, host.env))}`);
  command.action(async () => {
    await runCommand(spec, command.args, command.optsWithGlobals());
  });
}

/** Each example with its effect beside it, or below it when there is no room. */
function examplesOf(spec: CommandSpec, { columns, typed }: Style): string {
  const examples = spec.examples.map(([line, effect]) => [typed(line), effect] as const);
  const width = Math.max(...examples.map(([line]) => line.length));
  const beside = examples.map(([line, effect]) => `  $ ${line.padEnd(width)}  # ${effect}`);
  if (beside.every((line) => line.length <= columns)) return beside.join("\n");
  return examples.map(([line, effect]) => `  $ ${line}\n      # ${effect}`).join("\n");
}

/** A command in the list of commands: that it has options goes without saying. */
function termOf(command: Command): string {
  const args = command.registeredArguments.map((arg) =>
    arg.required ? `<${arg.name()}>` : `[${arg.name()}]`,
  );
  return [command.name(), ...args].join(" ");
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

class VersionAsked extends Error {}

async function report(host: CliHost, error: unknown, given: GlobalOptions): Promise<ExitCode> {
  if (error instanceof VersionAsked) return printVersion(host);
  if (error instanceof Interrupted) return exitCodes.interrupted;
  if (error instanceof CommanderError && error.code.startsWith("commander.help")) {
    return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  }
  const { code, exitCode, ...found } =
    error instanceof CommanderError
      ? (await import("./usage-fault.ts")).reportOfUsage(error, host.argv)
      : reportOf(error);
  // The problems of a catalogue all have its path in front.
  const text = code === "CONFIG_INVALID" ? found.message.replaceAll(`${host.cwd}/`, "") : found.message;
  const json = host.argv.includes("--json");
  const { err } = createSession(host, { ...given, json });
  const message = err.typed(text);
  if (json) err.line(JSON.stringify({ v: 1, error: { code, message, next: err.typed(found.next) } }));
  else err.line(`${err.paint("red", "modeshift:")} ${message}\n${err.next(found.next)}`);
  if (host.env["MODESHIFT_DEBUG"] !== undefined && error instanceof Error) err.line(error.stack);
  return exitCode;
}

async function printVersion(host: CliHost): Promise<ExitCode> {
  const { readFile } = await import("node:fs/promises");
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  host.stdout.write(`${(JSON.parse(text) as { version: string }).version}\n`);
  return exitCodes.done;
}

/** `modeshift events | head -1` is no error; and nobody stops a robot by closing its log. */
function endQuietlyWhenTheReaderLeaves(host: CliHost, isReaderNeeded: () => boolean): void {
  for (const stream of [host.stdout, host.stderr]) {
    stream.on("error", (error) => {
      if (!isReaderNeeded()) return;
      host.exit("code" in error && error.code === "EPIPE" ? exitCodes.done : exitCodes.internal);
    });
  }
}
