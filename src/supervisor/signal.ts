/**
 * Sending a signal, where a target that has just gone is the normal case.
 */
import { constants } from "node:os";

const numbers = new Map<string, number>(Object.entries(constants.signals));

/** True when it was delivered. Negative pid: its process group. */
export function sendSignal(pid: number, signal: string): boolean {
  const number = signalNumber(signal);
  if (number === undefined) return false;
  try {
    return process.kill(pid, number);
  } catch {
    return false;
  }
}

/** The number of `SIGTERM` and its like on this system; undefined for no such signal. */
export function signalNumber(signal: string): number | undefined {
  return numbers.get(signal);
}
