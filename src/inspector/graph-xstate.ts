/**
 * The mode machine of a catalogue as JSON that `createMachine` and Stately's import read back.
 *
 * The chart names its guards, actions and actors and has no function inline, so its own config is the export, and
 * exporting the imported machine again gives the same text.
 */
import { createModeMachine } from "../machines/mode-machine.ts";
import type { Catalogue } from "../modes/catalogue.ts";

/** The statechart as JSON text. Deterministic. */
export function printXState(catalogue: Catalogue): string {
  return `${JSON.stringify(createModeMachine(catalogue).config, null, 2)}\n`;
}
