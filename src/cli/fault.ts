/**
 * What goes wrong on the command line, and the sentence that every error ends with: what to do next.
 *
 * Exit codes are exit-codes.ts's; how an error is printed is run.ts's.
 */
import { codeOf, messageOf, ModeshiftError, type ErrorCode } from "../errors.ts";
import { exitCodeOfError, exitCodes, type ExitCode } from "./exit-codes.ts";

/** A fault with its own next step. `next` is a command or a short instruction. */
export class CliFault extends ModeshiftError {
  readonly next: string;
  readonly exitCode: ExitCode;

  constructor(
    code: ErrorCode,
    message: string,
    next: string,
    options: ErrorOptions & { readonly exitCode?: ExitCode } = {},
  ) {
    super(code, message, options);
    this.next = next;
    this.exitCode = options.exitCode ?? exitCodeOfError(code);
  }
}

/** The command was told to stop by Ctrl-C or SIGTERM; what has been printed is all there is to say. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** A fault as it is reported: to people, in JSON, and as the exit code. */
export interface Report {
  readonly code: string;
  readonly message: string;
  readonly next: string;
  readonly exitCode: ExitCode;
}

const nextSteps: Readonly<Record<ErrorCode, string>> = {
  MODE_UNKNOWN: "modeshift modes",
  NODE_UNKNOWN: "modeshift status",
  NOT_STARTED: "modeshift up",
  CLOSED: "modeshift up",
  BAD_OPTION: "correct the option; the command's --help has examples",
  ABORTED: "run the command again",
  TIMED_OUT: "modeshift status shows what it is waiting for",
  FENCED: "modeshift status shows who holds the nodes now",
  STATE_LOCKED: "modeshift status shows the manager that is running; modeshift down stops it",
  STATE_UNWRITABLE: "make the state directory writable, or name another one in service.state_dir",
  CONFIG_NOT_FOUND: "modeshift init, or --config <file>, or -n <name> for a robot that runs already",
  CONFIG_INVALID: "mend the lines above, then run modeshift check",
  CONTRACT_BROKEN: "modeshift logs, then report it with the message above",
  BUS_UNAVAILABLE: "see that Redis runs and that --redis or MODESHIFT_REDIS_URL names it",
  BUS_REFUSED: "check the user, the password and the permissions in the Redis URL",
  PAYLOAD_TOO_LARGE: "send less",
  MANAGER_NOT_FOUND: "modeshift up",
  MANAGER_LOST: "modeshift status; if nothing answers, modeshift up",
  PLATFORM_UNSUPPORTED: "run it on Linux, or on macOS for development",
};

/** What to say about anything thrown. */
export function reportOf(error: unknown): Report {
  const code = codeOf(error);
  const message = messageOf(error);
  if (error instanceof CliFault) {
    return { code: error.code, message, next: error.next, exitCode: error.exitCode };
  }
  if (code !== undefined && Object.hasOwn(nextSteps, code)) {
    return { code, message, next: nextSteps[code as ErrorCode], exitCode: exitCodeOfError(code) };
  }
  const next =
    code === "EMFILE" || code === "ENFILE"
      ? "raise the limit of open files: modeshift needs a hundred to begin with (prlimit --nofile=1024 modeshift ...)"
      : "this looks like a fault in modeshift; run it again with MODESHIFT_DEBUG=1 and report what it prints";
  return { code: code ?? "INTERNAL", message, next, exitCode: exitCodes.internal };
}
