/**
 * `reachable_from_everywhere`: from every mode that can be settled in, some requests lead to the wanted one.
 *
 * Nodes play no part, only `from`: a graph of modes. Faults add nothing: a transition that fails ends in its target, in
 * the mode before it, or in fallback_mode, which has no `from` and can be requested anyway. Exact.
 */
import type { Catalogue, Mode } from "../modes/catalogue.ts";

/** The shortest way to a mode from which no requests lead to `wanted`; null: there is no such mode. */
export function wayToDeadEnd(catalogue: Catalogue, wanted: string): readonly string[] | null {
  const saved = modesLeadingTo(catalogue, wanted);
  for (const [name, way] of waysToModes(catalogue)) if (!saved.has(name)) return way;
  return null;
}

/** The shortest way to a mode, without faults; null when no requests lead there. */
export function wayTo(catalogue: Catalogue, mode: string): readonly string[] | null {
  return waysToModes(catalogue).get(mode) ?? null;
}

/** Every mode that can be settled in, with the shortest way there, nearest first. */
function waysToModes(catalogue: Catalogue): ReadonlyMap<string, readonly string[]> {
  const ways = new Map([[catalogue.defaultMode, [`boot ${catalogue.defaultMode}`]]]);
  // Modes found on the way are appended, and so visited in order of their distance.
  for (const [name, way] of ways) {
    for (const mode of catalogue.modes.values()) {
      if (!isAdmitted(mode, name) || ways.has(mode.name)) continue;
      ways.set(mode.name, [...way, `request ${mode.name}`]);
    }
  }
  return ways;
}

/** The modes from which some requests lead to `wanted`, itself included. */
function modesLeadingTo(catalogue: Catalogue, wanted: string): ReadonlySet<string> {
  const saved = new Set([wanted]);
  for (const goal of saved) {
    const mode = catalogue.modes.get(goal);
    if (mode === undefined) continue;
    for (const name of catalogue.modes.keys()) if (isAdmitted(mode, name)) saved.add(name);
  }
  return saved;
}

function isAdmitted(mode: Mode, from: string): boolean {
  return mode.urgent || mode.from === undefined || mode.from.includes(from);
}
