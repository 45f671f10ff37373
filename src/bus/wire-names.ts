/**
 * camelCase inside, snake_case on the wire: the one translation of names, for every message.
 *
 * Messages hold no object whose keys are user text (node and mode names are values, or hash fields), so renaming every
 * key is safe. messages.ts and state-message.ts say what is in a message; this file only renames.
 */

/** Renames by `pattern`, remembering the few names that there are. */
function renamer(pattern: RegExp, replace: (letter: string) => string): (name: string) => string {
  const known = new Map<string, string>();
  return (name) => {
    let renamed = known.get(name);
    if (renamed === undefined) {
      renamed = name.replace(pattern, replace);
      // A foreign message may have any names: they are not worth remembering.
      if (known.size < 1_000) known.set(name, renamed);
    }
    return renamed;
  };
}

const wireName = renamer(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const ourName = renamer(/_[a-z]/g, (letter) => letter.slice(1).toUpperCase());

function renameKeys(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renameKeys(item, rename));
  if (typeof value !== "object" || value === null) return value;
  const renamed: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    // The one name that would set more than itself; no message has it.
    if (name !== "__proto__") renamed[rename(name)] = renameKeys(item, rename);
  }
  return renamed;
}

/** The value as JSON text with snake_case names. Absent and undefined fields are left out. */
export function printJson(value: object): string {
  return JSON.stringify(renameKeys(value, wireName));
}

/** The object that JSON text holds, with camelCase names; undefined when the text is no JSON object. */
export function parseJson(text: string): Readonly<Record<string, unknown>> | undefined {
  const value = readJson(text);
  return isRecord(value) ? (renameKeys(value, ourName) as Record<string, unknown>) : undefined;
}

/** What JSON text holds, names untouched; undefined when it is no JSON. Never throws. */
export function readJson(text: string): unknown {
  // An exception costs much more than a look.
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** An object that is no list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
