/** Every node on a line of its own: state, since when, process, and what is unusual about it. Pure. */
import { exitText } from "../../modes/health.ts";
import { isRunning, isUp, type NodeStatus } from "../../modes/observation.ts";
import type { ModeMessage, StateMessage } from "../door/door-messages.ts";
import type { Style } from "../style.ts";
import { cut, duration, pad, widest } from "../width.ts";
import { stateWord } from "./event-text.ts";

interface Row {
  readonly name: string;
  readonly status: NodeStatus | undefined;
  /** The mode, or the one being entered, asks for it. */
  readonly isWanted: boolean;
}

/** The lines of the table. `most`: nodes to show; of more, those that are not as they should be come first. */
export function nodeTable(
  { state }: StateMessage,
  modes: readonly ModeMessage[],
  style: Style,
  options: { readonly now: number; readonly most: number },
): string[] {
  const { paint } = style;
  const wanted = new Set(modes.find((mode) => mode.name === (state.target ?? state.mode))?.nodes);
  const names = new Set([...modes.flatMap((mode) => mode.nodes), ...state.nodes.keys()]);
  const rows = [...names].map((name) => ({
    name,
    status: state.nodes.get(name),
    isWanted: wanted.has(name),
  }));
  if (rows.length === 0) return [paint("dim", "  no nodes")];
  const columns = columnsFor(names, style);
  const shown = pick(rows, options.most);
  const hidden = rows.length - shown.length;
  return [
    paint(
      "dim",
      `  ${pad("NODE", columns.name)}  ${pad("STATE", 9)} ${pad("FOR", 10)} ${columns.pid === 0 ? "" : pad("PID", columns.pid)}NOTES`,
    ),
    ...shown.map((row) => lineOf(row, columns, style, options.now)),
    ...(hidden > 0 ? [paint("dim", `  and ${hidden} more`)] : []),
  ];
}

interface Columns {
  readonly name: number;
  /** 0: no room for it. */
  readonly pid: number;
}

/** On a narrow terminal the process ids go first, then the ends of long names. */
function columnsFor(names: Iterable<string>, { columns }: Style): Columns {
  const pid = columns < 60 ? 0 : 9;
  const others = 24 + pid;
  return { name: Math.min(28, columns - others, Math.max(4, widest(names))), pid };
}

/** What the mode asks for comes first, in the catalogue's order. */
function pick(rows: readonly Row[], most: number): readonly Row[] {
  const byWish = rows.toSorted((a, b) => Number(b.isWanted) - Number(a.isWanted));
  if (rows.length <= most) return byWish;
  return byWish
    .toSorted((a, b) => Number(isAsItShould(a)) - Number(isAsItShould(b)))
    .slice(0, Math.max(1, most - 1));
}

function isAsItShould({ status, isWanted }: Row): boolean {
  return isWanted ? isUp(status) : !isRunning(status);
}

function lineOf(
  { name, status, isWanted }: Row,
  columns: Columns,
  { marks, paint }: Style,
  now: number,
): string {
  const word = status?.state ?? "stopped";
  const since =
    status === undefined || status.generation === 0 ? "" : duration(Math.max(0, now - status.since));
  const pid = status?.pid === undefined || !isRunning(status) ? "" : String(status.pid);
  const state = `${stateWord(word, paint)}${" ".repeat(Math.max(1, 10 - word.length))}`;
  const head = `${isWanted ? marks.dot : " "} ${pad(cut(name, columns.name, marks.more), columns.name)}  ${state}`;
  const process = columns.pid === 0 ? "" : pad(pid, columns.pid);
  const line = `${head}${pad(since, 10)} ${process}${notes(status, isWanted, now)}`.trimEnd();
  return isRunning(status) || isWanted ? line : paint("dim", line);
}

function notes(status: NodeStatus | undefined, isWanted: boolean, now: number): string {
  if (status === undefined) return "";
  const { restarts, restartAt, exit, gaveUp, state } = status;
  return [
    restarts === 0 ? "" : `${restarts} ${restarts === 1 ? "restart" : "restarts"}`,
    restartAt === undefined ? "" : `restarts in ${duration(Math.max(0, restartAt - now))}`,
    gaveUp === true ? "given up" : "",
    exit === undefined || !(state === "backoff" || (state === "stopped" && isWanted)) ? "" : exitText(exit),
  ]
    .filter((note) => note !== "")
    .join(", ");
}
