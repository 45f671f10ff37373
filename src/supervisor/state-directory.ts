/**
 * The state directory: where it is, that it can be written, and the record of where the manager stood (I18).
 *
 * Files in it: `lock.<epoch>` (state-lock.ts), `journal` (journal.ts), `place.json` (here), `logs/` (log-store.ts).
 * All are the user's own (0700): they say what runs.
 */
import { createHash } from "node:crypto";
import {
  closeSync,
  fsync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { messageOf, ModeshiftError } from "../errors.ts";
import type { PlaceRecord } from "./supervisor.ts";

/** $XDG_STATE_HOME/modeshift/<namespace>, else ~/.local/state/modeshift/<namespace>. */
export function defaultStateDir(namespace: string, environment: NodeJS.ProcessEnv): string {
  const { XDG_STATE_HOME: stateHome } = environment;
  const base = stateHome === undefined || stateHome === "" ? join(homedir(), ".local", "state") : stateHome;
  return join(base, "modeshift", namespace);
}

/** What is told when the directory cannot be used. */
export function unwritable(path: string, error: unknown): ModeshiftError {
  return new ModeshiftError(
    "STATE_UNWRITABLE",
    `The state directory ${path} cannot be written: ${messageOf(error)}. ` +
      "Make it writable, free space on its disk, or choose another one (service.state_dir in the file, stateDir in the library).",
    { cause: error },
  );
}

/**
 * Makes it and what is missing above it. Not by `recursive`: where a parent is there and yet takes no entry (ENOENT
 * under /proc, or in an automounter's folder), Node tries for ever.
 */
function makeDirectory(path: string): void {
  if (isDirectory(path)) return;
  makeDirectory(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another one may have made it in between.
    if (!isDirectory(path)) throw error;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** One state directory, which exists. */
export class StateDirectory {
  readonly path: string;
  /** Marks this directory's processes; stays the same as long as the directory does. */
  readonly id: string;

  /** Creates it if need be. @throws STATE_UNWRITABLE */
  constructor(path: string) {
    try {
      makeDirectory(resolve(path));
      this.path = realpathSync(path);
      const { dev, ino } = statSync(this.path);
      this.id = createHash("sha256").update(`${dev}:${ino}:${this.path}`).digest("hex").slice(0, 16);
    } catch (error) {
      throw unwritable(path, error);
    }
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Where the last manager stood; null after a clean stop, or when the record cannot be read. */
  readPlace(): PlaceRecord | null {
    try {
      return placeIn(JSON.parse(readFileSync(this.file("place.json"), "utf8")));
    } catch {
      return null;
    }
  }

  /** Replaces the record at once, so that it survives a SIGKILL; a power failure soon after. @throws the system's error */
  writePlace(place: PlaceRecord | null): void {
    if (place === null) {
      rmSync(this.file("place.json"), { force: true });
      return;
    }
    const file = openSync(this.file("place.new"), "w", 0o600);
    try {
      writeSync(file, JSON.stringify(place));
      renameSync(this.file("place.new"), this.file("place.json"));
    } catch (error) {
      closeSync(file);
      throw error;
    }
    fsync(file, () => {
      closeSync(file);
    });
  }
}

function placeIn(value: unknown): PlaceRecord | null {
  if (typeof value !== "object" || value === null) return null;
  const { settled, target, request, urgent } = value as Partial<Record<keyof PlaceRecord, unknown>>;
  const nameOf = (mode: unknown): string | null => (typeof mode === "string" ? mode : null);
  const { id, mode } = (request ?? {}) as { id?: unknown; mode?: unknown };
  return {
    settled: nameOf(settled),
    target: nameOf(target),
    request: typeof id === "string" && typeof mode === "string" ? { id, mode } : null,
    urgent: urgent === true,
  };
}
