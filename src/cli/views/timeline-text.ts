/** Draws a time line as one screen of bars, the longest chain marked. Pure. */
import type { Printer } from "../session.ts";
import { cut, duration, pad, widest } from "../width.ts";
import type { Bar, Timeline } from "./timeline.ts";

const timeWidth = 9;

/** The lines of a time line that fits `columns` and about `rows`. Nothing when there is nothing to compare. */
export function timelineLines(
  timeline: Timeline,
  out: Pick<Printer, "columns" | "rows" | "marks" | "paint">,
): string[] {
  if (timeline.bars.length === 0) return [];
  const room = Math.max(3, out.rows - 8);
  const shown = pick(timeline.bars, room);
  const names = Math.min(24, widest(shown.map((bar) => bar.node)));
  const width = Math.min(80, out.columns - names - timeWidth - 14);
  const scale = width / Math.max(1, timeline.lengthMs);
  const lines = shown.map((bar) => {
    const begin = Math.min(width - 1, Math.round(bar.beginMs * scale));
    const length = Math.max(1, Math.min(width - begin, Math.round((bar.endMs - bar.beginMs) * scale)));
    const drawn = out.paint(colourOf(bar), markOf(bar, out).repeat(length));
    const name = pad(cut(bar.node, names, out.marks.more), names);
    const chain = bar.onChain ? ` ${out.marks.chain}` : "";
    return `  ${pad(bar.kind, 5)} ${name} ${" ".repeat(begin)}${drawn}${" ".repeat(width - begin - length)} ${duration(bar.endMs - bar.beginMs).padStart(timeWidth)}${chain}`;
  });
  const hidden = timeline.bars.length - shown.length;
  if (hidden > 0) lines.push(out.paint("dim", `  and ${hidden} shorter ones`));
  const chain = ends(timeline.chain.map((node) => cut(node, 24, out.marks.more))).join(
    ` ${out.marks.arrow} `,
  );
  return [...lines, out.paint("dim", `  ${out.marks.chain} longest chain: ${chain}`)];
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

function markOf(bar: Bar, { marks }: Pick<Printer, "marks">): string {
  if (bar.kind === "wait") return marks.wait;
  return bar.kind === "stop" ? marks.half : marks.full;
}

function colourOf(bar: Bar): "red" | "yellow" | "green" {
  if (bar.failed) return "red";
  return bar.kind === "stop" ? "yellow" : "green";
}
