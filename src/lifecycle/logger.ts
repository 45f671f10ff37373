/**
 * Where the manager's own log goes: any object with these four methods (pino fits), silent by default.
 *
 * Never given values of a node's environment, nor URLs with their passwords.
 */
import type { TransitionResult } from "../modes/result.ts";

/** One log line. `fields` are plain JSON. */
export type LogMethod = (fields: Readonly<Record<string, unknown>>, message: string) => void;

/** The logger that `createLifecycleManager` takes. What its methods throw is ignored. */
export interface Logger {
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
}

/** The levels, least urgent first. */
export type LogLevel = keyof Logger;

/** Writes one line; a logger that throws changes nothing (I13). */
export function logTo(
  logger: Logger | undefined,
  level: LogLevel,
  message: string,
  fields: Readonly<Record<string, unknown>> = {},
): void {
  try {
    logger?.[level](fields, message);
  } catch {
    // Nowhere is left to report it to.
  }
}

/** One line for each answer: a warning when it is not what was asked for. */
export function logResult(logger: Logger | undefined, result: TransitionResult): void {
  const { outcome, ok, requestId, requestedMode, durationMs } = result;
  logTo(logger, ok ? "info" : "warn", `mode ${outcome}`, { requestId, requestedMode, durationMs });
}
