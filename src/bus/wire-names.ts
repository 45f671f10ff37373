/**
 * camelCase inside, snake_case on the wire: the one translation of names, for every message.
 *
 * Messages hold no object whose keys are user text (node and mode names are values, or hash fields), so renaming every
 * key is safe. messages.ts and state-message.ts say what is in a message; this file only renames.
 */

const wireNames = new Map<string, string>();

function wireName(name: string): string {
  let wire = wireNames.get(name);
  if (wire === undefined) {
    wire = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    wireNames.set(name, wire);
  }
  return wire;
}

function ourName(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function renameKeys(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renameKeys(item, rename));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [rename(name), renameKeys(item, rename)]),
  );
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
