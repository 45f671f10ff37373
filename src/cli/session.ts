/**
 * One run of one command: the process around it, the options every command has, and where to write.
 *
 * Finding the manager is connect.ts's business; ending the process run.ts's.
 */
import { relative } from "node:path";
import type { CliHost } from "./cli-host.ts";
import type { ExitCode } from "./exit-codes.ts";
import { styleOf, type Style } from "./style.ts";

/** The options that every command takes. */
export interface GlobalOptions {
  readonly json?: boolean;
  readonly config?: string;
  readonly namespace?: string;
  readonly redis?: string;
}

/** A stream with its style. */
export interface Printer extends Style {
  /** One line, or several. */
  line(text?: string): void;
  /** As it is, without a line end. */
  raw(text: string): void;
}

/** A command's options by their camelCase names, as commander reads them. */
export type OptionValues = Readonly<Record<string, string | boolean | undefined>>;

/** What a command works with. */
export interface Session {
  readonly host: CliHost;
  readonly options: GlobalOptions;
  readonly out: Printer;
  readonly err: Printer;
}

/** A command: positional arguments and options as commander read them. Resolves with the exit code. */
export type CommandAction = (
  session: Session,
  args: readonly string[],
  options: OptionValues,
) => Promise<ExitCode>;

/** A path as people write it: relative when it lies in the working directory. */
export function shownPath({ host }: Session, path: string): string {
  const shown = relative(host.cwd, path);
  return shown === "" || shown.startsWith("..") ? path : shown;
}

/** The session of a run. */
export function createSession(host: CliHost, options: GlobalOptions): Session {
  return { host, options, out: printer(host.stdout, host), err: printer(host.stderr, host) };
}

function printer(stream: CliHost["stdout"], host: CliHost): Printer {
  const style = styleOf(stream, host.env);
  return Object.assign(Object.create(style) as Style, {
    line: (text = "") => void stream.write(`${text}\n`),
    raw: (text: string) => void stream.write(text),
  });
}
