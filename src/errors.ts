/**
 * What a caller or an operator did wrong, as one exception type with a stable code.
 *
 * A node that fails is never an exception: it is a {@link NodeError} in the result (modes/result.ts). This file
 * imports nothing; every layer may throw from it.
 */

/**
 * Every code a {@link ModeshiftError} can carry. Codes are stable across minor versions; messages are not.
 * docs/reference/errors.md says of each who throws it, when, and what to do.
 */
export type ErrorCode =
  | "MODE_UNKNOWN"
  | "NODE_UNKNOWN"
  | "NOT_STARTED"
  | "CLOSED"
  | "BAD_OPTION"
  | "ABORTED"
  | "TIMED_OUT"
  | "FENCED"
  | "STATE_LOCKED"
  | "STATE_UNWRITABLE"
  | "CONFIG_NOT_FOUND"
  | "CONFIG_INVALID"
  | "CONTRACT_BROKEN"
  | "BUS_UNAVAILABLE"
  | "BUS_REFUSED"
  | "PAYLOAD_TOO_LARGE"
  | "MANAGER_NOT_FOUND"
  | "MANAGER_LOST"
  | "PLATFORM_UNSUPPORTED";

/**
 * A fault of the caller or the operator. Test `error.code`, not `instanceof`: the code survives two copies of
 * the package in one process.
 *
 * @example
 * ```ts
 * import { ModeshiftError } from "modeshift";
 * const error = new ModeshiftError("MODE_UNKNOWN", "Mode 'telepo' not found. Available modes: idle, teleop");
 * error.code; // => "MODE_UNKNOWN"
 * ```
 */
export class ModeshiftError extends Error {
  override readonly name = "ModeshiftError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The code of anything thrown: ours, Node's (`ENOENT`), or undefined when it carries none. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** The message of anything thrown, an Error or not. Never throws, whatever the value's own methods do. */
export function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return "an error that cannot be printed";
  }
}
