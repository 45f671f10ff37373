/**
 * One run of one command: the process around it, the options every command has, and where to write.
 *
 * Finding the manager is connect.ts's business; ending the process run.ts's.
 */
import { relative } from "node:path";
import type { CliHost } from "./cli-host.ts";
import type { GivenTarget } from "./advice.ts";
import type { ExitCode } from "./exit-codes.ts";
import { styleOf, type Style } from "./style.ts";
import { broken } from "./width.ts";

/** The options that every command takes. */
export interface GlobalOptions extends GivenTarget {
  readonly json?: boolean;
}

/** A stream with its style. */
export interface Printer extends Style {
  /**
   * One line, or several. On a terminal, one that is too long for it is broken between words and goes on `hang` columns
   * from the left (absent: two more than it began).
   */
  line(text?: string, hang?: number): void;
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
  return {
    host,
    options,
    out: printer(host.stdout, host, options),
    err: printer(host.stderr, host, options),
  };
}

function printer(stream: CliHost["stdout"], host: CliHost, options: GlobalOptions): Printer {
  const style = styleOf(stream, host.env, options);
  const breaks = options.json !== true;
  return Object.assign(Object.create(style) as Style, {
    line: (text = "", hang?: number) => {
      const lines = text.split("\n");
      const shown =
        breaks && style.breakAt < Infinity ? lines.flatMap((line) => broken(line, style, hang)) : lines;
      stream.write(`${shown.join("\n")}\n`);
    },
    raw: (text: string) => void stream.write(text),
  });
}
