/**
 * Who a manager is, on the lease, in `status`, and to whoever asks why a state directory is locked.
 */
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { pid } from "node:process";

/** `<host>/<pid>/<random>`: unique, and a person can find the process by it. */
export function holderName(): string {
  return `${hostname()}/${pid}/${randomUUID().slice(0, 8)}`;
}
