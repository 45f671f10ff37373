/**
 * Mode names as XState state keys (DESIGN section 5): a plain name is its own key, so that Stately draws `teleop`;
 * any other is encoded, because dots, `#`, leading digits and Object.prototype names break XState's addressing.
 */

const plainName = /^[A-Za-z][\w -]{0,63}$/;

/** The state of the mode region before any mode was entered. No mode name encodes to it. */
export const noModeKey = "~";

/** The state key of a mode. Distinct names have distinct keys; no key contains `.`, `#`, `*` or a backslash. */
export function stateKey(mode: string): string {
  if (plainName.test(mode) && !(mode in Object.prototype)) return mode;
  const encoded = Array.from(mode, (character) =>
    /^[\w -]$/.test(character) ? character : `%${character.codePointAt(0)?.toString(16)};`,
  );
  return `~${encoded.join("")}`;
}
