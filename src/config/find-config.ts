/** Where a catalogue file is looked for when nobody says. */
import { access } from "node:fs/promises";
import { join } from "node:path";
import { ModeshiftError } from "../errors.ts";

/** The names a catalogue file may have, in this order. */
export const configNames = [
  "modeshift.yaml",
  "modeshift.yml",
  "modeshift.json",
  "modeshift.config.mjs",
] as const;

/**
 * The path of the one catalogue file in a folder; undefined when there is none.
 *
 * @throws {@link ModeshiftError} CONFIG_INVALID when there are several: guessing would run the wrong robot
 */
export async function findConfig(folder: string): Promise<string | undefined> {
  const paths = configNames.map((name) => join(folder, name));
  const there = await Promise.all(paths.map(isThere));
  const found = paths.filter((_, index) => there[index]);
  if (found.length > 1) {
    throw new ModeshiftError(
      "CONFIG_INVALID",
      `There is more than one catalogue: ${found.join(", ")}. Remove all but one, or name one with --config.`,
    );
  }
  return found[0];
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
