/**
 * What the exit code of every command says (docs/reference/exit-codes.md), and which outcome or fault leads to which.
 *
 * Pure; the only place where these numbers are written (I14's last column).
 */
import type { ErrorCode } from "../errors.ts";
import type { Outcome } from "../modes/result.ts";

/** The exit codes by name. `check` gives 1 and 2 a meaning of its own: violated, and not decided. */
export const exitCodes = {
  /** Changed, unchanged, or whatever else was asked has been done. */
  done: 0,
  /** Done with node errors: degraded, rolled back, fell back, failed. `check`: an invariant is violated. */
  nodeErrors: 1,
  /** Timed out, expired or superseded. `check`: not decided. */
  notReached: 2,
  /** An unknown or refused mode, an unknown node: every `rejected`. */
  refused: 3,
  /** The configuration is missing or invalid. */
  badConfig: 4,
  /** No manager or no bus to talk to, or another manager is in the way. */
  noManager: 5,
  /** The command line itself is wrong. */
  usage: 64,
  /** A fault in modeshift itself. */
  internal: 70,
  /** Ctrl-C or SIGTERM ended the command. */
  interrupted: 130,
} as const;

/** One of {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const byOutcome: Readonly<Record<Outcome, ExitCode>> = {
  changed: exitCodes.done,
  unchanged: exitCodes.done,
  degraded: exitCodes.nodeErrors,
  rolled_back: exitCodes.nodeErrors,
  fell_back: exitCodes.nodeErrors,
  failed: exitCodes.nodeErrors,
  superseded: exitCodes.notReached,
  expired: exitCodes.notReached,
  rejected: exitCodes.refused,
};

const byErrorCode: Readonly<Record<ErrorCode, ExitCode>> = {
  MODE_UNKNOWN: exitCodes.refused,
  NODE_UNKNOWN: exitCodes.refused,
  NOT_STARTED: exitCodes.noManager,
  CLOSED: exitCodes.noManager,
  BAD_OPTION: exitCodes.usage,
  ABORTED: exitCodes.interrupted,
  TIMED_OUT: exitCodes.notReached,
  FENCED: exitCodes.noManager,
  STATE_LOCKED: exitCodes.noManager,
  STATE_UNWRITABLE: exitCodes.noManager,
  CONFIG_NOT_FOUND: exitCodes.badConfig,
  CONFIG_INVALID: exitCodes.badConfig,
  CONTRACT_BROKEN: exitCodes.internal,
  BUS_UNAVAILABLE: exitCodes.noManager,
  BUS_REFUSED: exitCodes.noManager,
  PAYLOAD_TOO_LARGE: exitCodes.usage,
  MANAGER_NOT_FOUND: exitCodes.noManager,
  MANAGER_LOST: exitCodes.noManager,
  PLATFORM_UNSUPPORTED: exitCodes.noManager,
};

/** The exit code of a request's outcome. */
export function exitCodeOfOutcome(outcome: Outcome): ExitCode {
  return byOutcome[outcome];
}

/** The exit code of a ModeshiftError's code; anything else is a fault in modeshift itself. */
export function exitCodeOfError(code: string | undefined): ExitCode {
  return code !== undefined && Object.hasOwn(byErrorCode, code)
    ? byErrorCode[code as ErrorCode]
    : exitCodes.internal;
}
