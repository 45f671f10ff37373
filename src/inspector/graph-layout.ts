/**
 * Places boxes and arrows from left to right: the only file that knows dagre.
 *
 * Pure. What is in the boxes is graph-svg.ts's. Boxes without arrows tell nothing by their place, so they fill rows
 * below the others instead of one tall column.
 */
import * as dagre from "@dagrejs/dagre";

/** The part of dagre used here: its own declarations do not resolve under Node's ESM rules. */
interface DagreGraph {
  setGraph(options: object): void;
  setNode(id: string, size: object): void;
  setEdge(from: string, to: string, label: object, name: string): void;
  node(id: string): Point;
  edge(from: string, to: string, name: string): { readonly points: readonly Point[] };
  graph(): { readonly width: number; readonly height: number };
}

const { Graph, layout } = dagre as unknown as {
  readonly Graph: new (options: { readonly directed: boolean; readonly multigraph: boolean }) => DagreGraph;
  readonly layout: (graph: DagreGraph) => void;
};

/** A box to place. */
export interface Box {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

/** An arrow between two boxes. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly kind?: "failure";
}

/** A point, in pixels from the top left. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where everything is. Places are centres; paths are SVG path data. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly places: ReadonlyMap<string, Point>;
  readonly paths: readonly { readonly kind: Arrow["kind"]; readonly path: string }[];
}

const sideMargin = 40;
const topMargin = 10;
const gap = 18;
const rowWidth = 860;

/** Lays the boxes out. Arrows to or from boxes that are not there are left out. */
export function layOut(boxes: readonly Box[], arrows: readonly Arrow[]): Layout {
  const known = new Map(boxes.map((box) => [box.id, box]));
  const drawn = arrows.filter((arrow) => known.has(arrow.from) && known.has(arrow.to));
  const linked = new Set(drawn.flatMap((arrow) => [arrow.from, arrow.to]));
  const upper = layered(
    boxes.filter((box) => linked.has(box.id)),
    drawn,
    known,
  );
  const lower = inRows(
    boxes.filter((box) => !linked.has(box.id)),
    Math.max(rowWidth, upper.width - 2 * sideMargin),
    upper.height === 0 ? topMargin : upper.height + gap,
  );
  return {
    width: Math.ceil(Math.max(upper.width, lower.width)),
    height: Math.ceil(Math.max(upper.height, lower.height) + topMargin),
    places: new Map([...upper.places, ...lower.places]),
    paths: upper.paths,
  };
}

function layered(boxes: readonly Box[], arrows: readonly Arrow[], known: ReadonlyMap<string, Box>): Layout {
  if (boxes.length === 0) return { width: 0, height: 0, places: new Map(), paths: [] };
  const graph = new Graph({ directed: true, multigraph: true });
  graph.setGraph({
    rankdir: "LR",
    nodesep: gap,
    edgesep: 14,
    ranksep: 60,
    marginx: sideMargin,
    marginy: topMargin,
  });
  for (const { id, width, height } of boxes) graph.setNode(id, { width, height });
  for (const [index, { from, to }] of arrows.entries()) graph.setEdge(from, to, {}, String(index));
  layout(graph);
  const places = new Map(
    boxes.map(({ id }): [string, Point] => {
      const { x, y } = graph.node(id);
      return [id, { x, y }];
    }),
  );
  const paths = arrows.map(({ from, to, kind }, index) => {
    const { points } = graph.edge(from, to, String(index));
    return { kind, path: curve(edgeOf(from, 1), points.slice(1, -1), edgeOf(to, -1)) };
  });
  const { width, height } = graph.graph();
  return { width, height: height - topMargin, places, paths };

  function edgeOf(id: string, side: 1 | -1): Point {
    const { x, y } = places.get(id) ?? { x: 0, y: 0 };
    return { x: x + (side * (known.get(id)?.width ?? 0)) / 2, y };
  }
}

/** Through the points, level at every one of them; neighbours in rank are joined directly. */
function curve(start: Point, between: readonly Point[], end: Point): string {
  const stops = [...(between.length > 1 ? between : []), end];
  let path = `M${print(start)}`;
  let last = start;
  for (const stop of stops) {
    const middle = (last.x + stop.x) / 2;
    path += ` C${print({ x: middle, y: last.y })} ${print({ x: middle, y: stop.y })} ${print(stop)}`;
    last = stop;
  }
  return path;
}

function print({ x, y }: Point): string {
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}

function inRows(boxes: readonly Box[], widest: number, top: number): Layout {
  const places = new Map<string, Point>();
  let [x, y, width, rowHeight] = [sideMargin, top, 0, 0];
  for (const box of boxes) {
    if (x > sideMargin && x + box.width - sideMargin > widest) {
      [x, y, rowHeight] = [sideMargin, y + rowHeight + gap, 0];
    }
    places.set(box.id, { x: x + box.width / 2, y: y + box.height / 2 });
    width = Math.max(width, x + box.width + sideMargin);
    rowHeight = Math.max(rowHeight, box.height);
    // Twice the gap leaves room for the start mark in front of a box.
    x += box.width + 2 * gap;
  }
  return { width, height: boxes.length === 0 ? 0 : y + rowHeight, places, paths: [] };
}
