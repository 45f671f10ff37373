/**
 * The modes and the node dependencies of a catalogue as Mermaid text, for Markdown pages.
 *
 * Pure; graph-svg.ts draws the same without Mermaid. Every label is user text and is escaped for it.
 */
import type { Catalogue } from "../modes/catalogue.ts";

/** What to draw. */
export type GraphSubject = "modes" | "nodes" | "both";

/** A Mermaid flowchart. Deterministic. */
export function printMermaid(catalogue: Catalogue, subject: GraphSubject): string {
  const lines = ["flowchart LR"];
  if (subject === "both") {
    lines.push("  subgraph Modes", ...modeLines(catalogue, "    "), "  end");
    lines.push("  subgraph Nodes", ...nodeLines(catalogue, "    "), "  end");
  } else lines.push(...(subject === "modes" ? modeLines(catalogue, "  ") : nodeLines(catalogue, "  ")));
  return `${lines.join("\n")}\n`;
}

function modeLines(catalogue: Catalogue, indent: string): string[] {
  const ids = new Map([...catalogue.modes.keys()].map((name, index) => [name, `m${index}`]));
  const lines: string[] = [];
  for (const mode of catalogue.modes.values()) {
    const notes = [mode.urgent ? "urgent" : "", mode.name === catalogue.fallbackMode ? "fallback" : ""];
    const marks = notes.filter((note) => note !== "").join(", ");
    const title = `<b>${label(mode.name)}</b>${marks === "" ? "" : ` (${marks})`}`;
    lines.push(
      `${indent}${ids.get(mode.name)}["${title}<br/>${label(mode.nodes.join(", ") || "no nodes")}"]`,
    );
  }
  lines.push(`${indent}start((" ")) --> ${ids.get(catalogue.defaultMode)}`);
  if ([...catalogue.modes.values()].some((mode) => mode.from === undefined)) {
    lines.push(`${indent}any(["any mode"])`);
  }
  for (const mode of catalogue.modes.values()) {
    const sources = mode.from === undefined ? ["any"] : mode.from.map((from) => ids.get(from));
    for (const source of sources) lines.push(`${indent}${source} --> ${ids.get(mode.name)}`);
    if (mode.onFailure === "fallback" && catalogue.fallbackMode !== null) {
      lines.push(`${indent}${ids.get(mode.name)} -. failure .-> ${ids.get(catalogue.fallbackMode)}`);
    }
  }
  return lines;
}

function nodeLines(catalogue: Catalogue, indent: string): string[] {
  const ids = new Map([...catalogue.nodes.keys()].map((name, index) => [name, `n${index}`]));
  const lines: string[] = [];
  for (const node of catalogue.nodes.values()) {
    const [open, close] = node.oneshot ? ["([", "])"] : ["[", "]"];
    lines.push(`${indent}${ids.get(node.name)}${open}"${label(node.name)}"${close}`);
  }
  for (const node of catalogue.nodes.values()) {
    for (const dependency of node.dependsOn) {
      lines.push(`${indent}${ids.get(node.name)} --> ${ids.get(dependency)}`);
    }
    for (const rival of node.conflicts) {
      if ((ids.get(rival) ?? "") > (ids.get(node.name) ?? "")) {
        lines.push(`${indent}${ids.get(node.name)} x-. conflict .-x ${ids.get(rival)}`);
      }
    }
  }
  return lines;
}

/** User text inside a quoted Mermaid label: everything that Mermaid or HTML would read becomes an entity. */
function label(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N} ,._/-]/gu, (character) => `#${character.codePointAt(0)};`);
}
