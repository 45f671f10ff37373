/**
 * The modes and the node dependencies of a catalogue as one SVG that needs no browser to make and no script to show:
 * good enough for a README, light and dark.
 *
 * Pure. dagre places the boxes (graph-layout.ts); this file draws them. Every label is user text and is escaped.
 */
import type { Catalogue, Mode, NodeSpec } from "../modes/catalogue.ts";
import { layOut, type Arrow, type Box, type Layout, type Point } from "./graph-layout.ts";
import type { GraphSubject } from "./graph-mermaid.ts";

const margin = 24;
const padding = 14;
const titleHeight = 34;
const legendHeight = 26;
const chipHeight = 22;
const chipGap = 6;
const lineHeight = 18;
const widestCard = 300;

const style = `
  .ms { --ink: #1f2328; --dim: #636c76; --card: #ffffff; --edge: #c9d1d9; --chip: #eef1f4; --line: #6e7781; --good: #0969da; --bad: #cf222e; --warn: #9a6700; --ground: #f6f8fa; }
  @media (prefers-color-scheme: dark) {
    .ms { --ink: #e6edf3; --dim: #9198a1; --card: #1c2128; --edge: #3d444d; --chip: #2b3138; --line: #8b949e; --good: #58a6ff; --bad: #ff7b72; --warn: #d29922; --ground: #12161c; }
  }
  .ms text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; font-size: 13px; fill: var(--ink); }
  .ms .ground { fill: var(--ground); stroke: var(--edge); }
  .ms .card { fill: var(--card); stroke: var(--edge); }
  .ms .urgent { stroke: var(--bad); }
  .ms .chip { fill: var(--chip); }
  .ms .arrow { fill: none; stroke: var(--line); stroke-width: 1.4; }
  .ms .failure { stroke: var(--bad); stroke-dasharray: 5 4; }
  .ms .head { fill: var(--line); }
  .ms .head-failure { fill: var(--bad); }
  .ms .start { fill: var(--line); }
  .ms .title { font-size: 16px; font-weight: 600; }
  .ms .name { font-size: 15px; font-weight: 600; }
  .ms .small { font-size: 12px; fill: var(--dim); }
  .ms .good { fill: var(--good); }
  .ms .bad { fill: var(--bad); }
  .ms .warn { fill: var(--warn); }`;

/** The picture as SVG text. Deterministic. */
export function printSvg(catalogue: Catalogue, subject: GraphSubject): string {
  const panels = [
    ...(subject === "nodes" ? [] : [modePanel(catalogue)]),
    ...(subject === "modes" ? [] : [nodePanel(catalogue)]),
  ];
  const width = Math.max(...panels.map((panel) => panel.width)) + 2 * margin;
  let height = margin;
  const drawn = panels.map((panel) => {
    const text = `<g transform="translate(${margin} ${height})">${panel.draw(width - 2 * margin)}</g>`;
    height += panel.height + margin;
    return text;
  });
  const heading = `Modes and nodes of ${catalogue.namespace}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="ms" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(heading)}">`,
    `<title>${escape(heading)}</title>`,
    `<style>${style}\n</style>`,
    `<defs>${marker("head")}${marker("head-failure")}</defs>`,
    ...drawn,
    "</svg>\n",
  ].join("\n");
}

interface Panel {
  readonly width: number;
  readonly height: number;
  draw(width: number): string;
}

function modePanel(catalogue: Catalogue): Panel {
  const cards = [...catalogue.modes.values()].map((mode) => modeCard(catalogue, mode));
  const arrows: Arrow[] = [];
  for (const mode of catalogue.modes.values()) {
    for (const from of mode.from ?? []) arrows.push({ from: cardId("m", from), to: cardId("m", mode.name) });
    if (mode.onFailure === "fallback" && catalogue.fallbackMode !== null) {
      arrows.push({ from: cardId("m", mode.name), to: cardId("m", catalogue.fallbackMode), kind: "failure" });
    }
  }
  const layout = layOut(cards, arrows);
  const first = cardId("m", catalogue.defaultMode);
  const start = startMark(
    layout.places.get(first),
    cards.find((card) => card.id === first),
  );
  return panel("Modes", modeLegend(catalogue), layout, cards, start);
}

function modeLegend(catalogue: Catalogue): string {
  const modes = [...catalogue.modes.values()];
  return [
    modes.some((mode) => mode.from !== undefined)
      ? "arrow: entered only from there, all others from any mode"
      : "each is entered from any mode",
    modes.some((mode) => mode.onFailure === "fallback") ? "dashed: entered on failure" : "",
  ]
    .filter((text) => text !== "")
    .join(" · ");
}

/** The dot and short arrow in front of the default mode. */
function startMark(place: Point | undefined, card: Box | undefined): string {
  if (place === undefined || card === undefined) return "";
  const x = place.x - card.width / 2;
  return `<circle class="start" cx="${x - 29}" cy="${place.y}" r="5"/><path class="arrow" d="M${x - 24} ${place.y} H${x - 1}" marker-end="url(#head)"/>`;
}

function nodePanel(catalogue: Catalogue): Panel {
  const cards = [...catalogue.nodes.values()].map(nodeCard);
  const arrows = [...catalogue.nodes.values()].flatMap((node) =>
    node.dependsOn.map((dependency) => ({ from: cardId("n", dependency), to: cardId("n", node.name) })),
  );
  return panel(
    "Nodes",
    "arrow: is ready before · stopped the other way round",
    layOut(cards, arrows),
    cards,
    "",
  );
}

interface Card extends Box {
  /** At the origin. */
  readonly text: string;
}

function panel(title: string, legend: string, layout: Layout, cards: readonly Card[], extra: string): Panel {
  const width = Math.max(layout.width, textWidth(legend, 12)) + 2 * padding;
  const height = titleHeight + layout.height + legendHeight + padding;
  const draw = (full: number): string => {
    const shift = Math.round((full - layout.width) / 2);
    const arrows = layout.paths.map(({ kind, path }) => {
      const [line, head] = kind === "failure" ? ["arrow failure", "head-failure"] : ["arrow", "head"];
      return `<path class="${line}" d="${path}" marker-end="url(#${head})"/>`;
    });
    const placed = cards.map((card) => {
      const place = layout.places.get(card.id);
      const x = Math.round((place?.x ?? 0) - card.width / 2);
      const y = Math.round((place?.y ?? 0) - card.height / 2);
      return `<g transform="translate(${x} ${y})">${card.text}</g>`;
    });
    return [
      `<rect class="ground" width="${full}" height="${height}" rx="10"/>`,
      `<text class="title" x="${padding}" y="24">${title}</text>`,
      `<g transform="translate(${shift} ${titleHeight})">${arrows.join("")}${extra}${placed.join("\n")}</g>`,
      `<text class="small" x="${padding}" y="${height - 12}">${legend}</text>`,
    ].join("\n");
  };
  return { width, height, draw };
}

function modeCard(catalogue: Catalogue, mode: Mode): Card {
  const marks = [
    mode.name === catalogue.defaultMode ? `<tspan class="good"> default</tspan>` : "",
    mode.urgent ? `<tspan class="bad"> urgent</tspan>` : "",
    mode.name === catalogue.fallbackMode ? `<tspan class="warn"> fallback</tspan>` : "",
  ];
  const markWidth = marks.filter((mark) => mark !== "").length * 56;
  const chips = flowChips(mode.nodes);
  const top = padding + lineHeight * (mode.description === undefined ? 1 : 2) + 4;
  const width =
    Math.max(chips.width, nameWidth(mode.name) + markWidth, textWidth(clip(mode.description ?? ""), 12), 90) +
    2 * padding;
  const height = top + chips.height + padding;
  const description =
    mode.description === undefined
      ? ""
      : `<text class="small" x="${padding}" y="${padding + 30}">${escape(clip(mode.description))}</text>`;
  return {
    id: cardId("m", mode.name),
    width,
    height,
    text: [
      `<rect class="card${mode.urgent ? " urgent" : ""}" width="${width}" height="${height}" rx="8"/>`,
      `<text x="${padding}" y="${padding + 12}"><tspan class="name">${escape(clip(mode.name))}</tspan><tspan font-size="12">${marks.join("")}</tspan></text>`,
      description,
      `<g transform="translate(${padding} ${top})">${chips.text}</g>`,
    ].join(""),
  };
}

function flowChips(names: readonly string[]): {
  readonly width: number;
  readonly height: number;
  readonly text: string;
} {
  if (names.length === 0) {
    return { width: 60, height: chipHeight, text: `<text class="small" y="15">no nodes</text>` };
  }
  let x = 0;
  let y = 0;
  let width = 0;
  const chips = names.map((name) => {
    const chip = textWidth(clip(name), 12) + 16;
    if (x > 0 && x + chip > widestCard) [x, y] = [0, y + chipHeight + chipGap];
    const text = `<g transform="translate(${x} ${y})"><rect class="chip" width="${chip}" height="${chipHeight}" rx="6"/><text font-size="12" style="font-size:12px" x="8" y="15">${escape(clip(name))}</text></g>`;
    x += chip + chipGap;
    width = Math.max(width, x - chipGap);
    return text;
  });
  return { width, height: y + chipHeight, text: chips.join("") };
}

function nodeCard(node: NodeSpec): Card {
  const notes = [
    node.oneshot ? "oneshot" : readyNote(node),
    ...(node.conflicts.length === 0 ? [] : [`never with ${node.conflicts.join(", ")}`]),
  ].filter((note) => note !== "");
  const width =
    Math.max(70, nameWidth(node.name), ...notes.map((note) => textWidth(clip(note), 12))) + 2 * padding;
  const height = padding * 2 + lineHeight * (1 + notes.length) - 6;
  const lines = notes.map(
    (note, index) =>
      `<text class="small" x="${padding}" y="${padding + 30 + index * lineHeight}">${escape(clip(note))}</text>`,
  );
  return {
    id: cardId("n", node.name),
    width,
    height,
    text: `<rect class="card" width="${width}" height="${height}" rx="8"/><text class="name" x="${padding}" y="${padding + 12}">${escape(clip(node.name))}</text>${lines.join("")}`,
  };
}

function readyNote(node: NodeSpec): string {
  return node.ready.kind === "exec" ? "" : `ready by ${node.ready.kind}`;
}

function cardId(kind: "m" | "n", name: string): string {
  return `${kind}:${name}`;
}

function marker(id: string): string {
  return `<marker id="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path class="${id}" d="M0 0.6 L8 4 L0 7.4 z"/></marker>`;
}

function clip(text: string): string {
  const characters = Array.from(text);
  return characters.length <= 40 ? text : `${characters.slice(0, 39).join("")}…`;
}

/** Names are bold, which takes a tenth more. */
function nameWidth(name: string): number {
  return textWidth(clip(name), 16.5);
}

/** An estimate that is a little too wide: no font can be measured here. */
function textWidth(text: string, size: number): number {
  let units = 0;
  for (const character of text) {
    if (character > "\u2e80") units += 1.05;
    else units += narrow.has(character) ? 0.4 : 0.63;
  }
  return Math.ceil(units * size);
}

const narrow = new Set("iIljtf.,:;|!' ()[]r-");

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
