/** Draws a time line as one screen of bars, the longest chain marked. Pure. */
import type { Printer } from "../session.ts";
import { cut, duration, fill, pad, widest } from "../width.ts";
import type { Bar, Timeline } from "./timeline.ts";

type Canvas = Pick<Printer, "columns" | "rows" | "marks" | "paint">;

const timeWidth = 9;
/** What a line has beside name and bar. */
const besideBar = timeWidth + 14;
const leastBar = 8;

/** The lines of a time line that fits `columns` and about `rows`. Nothing when there is nothing to compare. */
export function timelineLines(timeline: Timeline, out: Canvas): string[] {
  if (timeline.bars.length === 0) return [];
  const room = Math.max(3, out.rows - 9);
  const shown = pick(timeline.bars, room);
  const names = Math.min(24, out.columns - besideBar - leastBar, widest(shown.map((bar) => bar.node)));
  const width = Math.min(80, out.columns - names - besideBar);
  const scale = width / Math.max(1, timeline.lengthMs);
  const lines = shown.map((bar) => {
    const name = pad(cut(bar.node, names, out.marks.more), names);
    const took = duration(bar.endMs - bar.beginMs).padStart(timeWidth);
    const chain = bar.onChain ? ` ${out.marks.chain}` : "";
    const mark = bar.failed ? out.paint("red", out.marks.bad) : " ";
    return `${mark} ${pad(bar.kind, 5)} ${name} ${drawn(bar, scale, width, out)} ${took}${chain}`;
  });
  const hidden = timeline.bars.length - shown.length;
  if (hidden > 0) lines.push(out.paint("dim", `  and ${hidden} shorter ones`));
  const chain = ends(timeline.chain.map((node) => cut(node, 24, out.marks.more)));
  return [
    ...lines,
    ...(shown.some(isAwaited) ? [out.paint("dim", legend(out))] : []),
    ...chainLines(chain, out).map((line) => out.paint("dim", line)),
  ];
}

/** The bar at its place: being started, then waiting for readiness. */
function drawn(bar: Bar, scale: number, width: number, { marks, paint }: Canvas): string {
  const { beginMs, endMs, spawnMs = bar.kind === "wait" ? beginMs : endMs } = bar;
  const column = (ms: number): number => Math.round(ms * scale);
  const begin = Math.min(width - 1, column(beginMs));
  const end = Math.max(begin + 1, Math.min(width, column(endMs)));
  const awaited = Math.min(end - begin, column(endMs - spawnMs));
  const full = bar.kind === "stop" ? marks.half : marks.full;
  const text = full.repeat(end - begin - awaited) + marks.wait.repeat(awaited);
  return `${" ".repeat(begin)}${paint(colourOf(bar), text)}${" ".repeat(width - end)}`;
}

function isAwaited({ kind, endMs, spawnMs = endMs }: Bar): boolean {
  return kind === "wait" || spawnMs < endMs;
}

function legend({ marks }: Canvas): string {
  return `  ${marks.full} starting  ${marks.wait} waiting for readiness`;
}

function chainLines(chain: readonly string[], { marks, columns }: Canvas): readonly string[] {
  const links = chain.map((node, index) => (index < chain.length - 1 ? `${node} ${marks.arrow}` : node));
  return fill(["", "", marks.chain, "longest", "chain:", ...links], columns, 4);
}

/** Of a long chain its two ends. */
function ends(names: readonly string[]): readonly string[] {
  return names.length <= 7 ? names : [...names.slice(0, 3), `${names.length - 6} more`, ...names.slice(-3)];
}

/** The chain always, then the longest others; in time's order. */
function pick(bars: readonly Bar[], room: number): readonly Bar[] {
  if (bars.length <= room) return bars;
  const ranked = bars.toSorted(
    (a, b) => Number(b.onChain) - Number(a.onChain) || b.endMs - b.beginMs - (a.endMs - a.beginMs),
  );
  const kept = new Set(ranked.slice(0, room));
  return bars.filter((bar) => kept.has(bar));
}

function colourOf(bar: Bar): "red" | "yellow" | "green" {
  if (bar.failed) return "red";
  return bar.kind === "stop" ? "yellow" : "green";
}
