/**
 * Whether every request of a counterexample is one that `from` allows: tested against the settled mode and, while a
 * transition runs, also against its target (SEMANTICS, "from"). Nodes play no part.
 */
import type { Catalogue } from "../modes/catalogue.ts";
import type { NamedStep } from "./trace.ts";

/** See the file header. */
export function obeysFrom(catalogue: Catalogue, steps: readonly NamedStep[]): boolean {
  let settled: string | null = null;
  let target: string | null = null;
  for (const { kind, name } of steps) {
    if (kind === "settle") settled = name;
    if (kind === "request" && !isAllowed(catalogue, name, [settled, target])) return false;
    if (entering.has(kind)) target = name;
  }
  return true;
}

const entering: ReadonlySet<string> = new Set(["boot", "request", "roll_back", "fall_back"]);

function isAllowed(catalogue: Catalogue, name: string, places: readonly (string | null)[]): boolean {
  const mode = catalogue.modes.get(name);
  if (mode === undefined || mode.urgent || mode.from === undefined || places[0] === name) return true;
  const { from } = mode;
  return places.every((place) => place === name || (place !== null && from.includes(place)));
}
