/**
 * Where modeshift runs: Linux, and macOS for development (DESIGN section 4).
 */
import { platform } from "node:os";
import { ModeshiftError } from "../errors.ts";

/**
 * Refuses the platforms that have no process groups or signals to stop a node's whole tree with.
 *
 * @param name - as `os.platform()` gives it, which is the default
 * @throws ModeshiftError PLATFORM_UNSUPPORTED
 */
export function assertPlatform(name: string = platform()): void {
  if (name !== "win32") return;
  throw new ModeshiftError(
    "PLATFORM_UNSUPPORTED",
    "modeshift runs on Linux (and on macOS for development), not on Windows: use WSL 2.",
  );
}
