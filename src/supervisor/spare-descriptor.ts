/**
 * One file descriptor kept back, so that an application which has used up all others can still look at its nodes and
 * end them: "cannot look" must never read as "gone" (I1).
 *
 * For synchronous reads and writes of /proc and control groups only: nobody gets in between there.
 */
import { closeSync, openSync } from "node:fs";
import { codeOf } from "../errors.ts";

let spare: number | undefined;

/** Keeps one back from now on; does nothing when one is kept, or none is to be had. */
export function keepSpareDescriptor(): void {
  try {
    spare ??= openSync("/dev/null", "r");
  } catch {
    // The next call may have more luck.
  }
}

/** Does what needs one more descriptor, with the spare one if there is no other. @throws what `work` throws */
export function withDescriptor<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = codeOf(error);
    if (spare === undefined || (code !== "EMFILE" && code !== "ENFILE")) throw error;
    closeSync(spare);
    spare = undefined;
    try {
      return work();
    } finally {
      keepSpareDescriptor();
    }
  }
}
