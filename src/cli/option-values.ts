/** Reads the values of options that are numbers or durations. @throws BAD_OPTION with an example */
import { durationMs } from "../config/duration.ts";
import { CliFault } from "./fault.ts";
import type { OptionValues } from "./session.ts";

/** A whole number. */
export function countOption(options: OptionValues, name: string, otherwise: number): number {
  const value = options[name];
  if (value === undefined) return otherwise;
  if (typeof value === "string" && /^\d{1,6}$/.test(value)) return Number(value);
  throw new CliFault(
    "BAD_OPTION",
    `--${name} is '${String(value)}'.`,
    `give a whole number, such as --${name} 100`,
  );
}

/** Milliseconds. */
export function timeOption(options: OptionValues, name: string): number | undefined {
  const value = options[name];
  if (value === undefined) return undefined;
  const ms = durationMs(/^\d+$/.test(String(value)) ? Number(value) : String(value));
  if (ms > 0 && ms < Infinity) return ms;
  throw new CliFault(
    "BAD_OPTION",
    `--${name} is '${String(value)}'.`,
    `give a time, such as --${name} 10s or 500ms`,
  );
}

/** A TCP port; 0 lets the system choose. `true` (an option without its value) counts as absent. */
export function portOption(options: OptionValues, name: string): number | undefined {
  const value = options[name];
  if (value === undefined || value === true) return undefined;
  const port = typeof value === "string" && /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (port <= 65_535) return port;
  throw new CliFault("BAD_OPTION", `--${name} is '${String(value)}'.`, `give a port, such as --${name} 8090`);
}
