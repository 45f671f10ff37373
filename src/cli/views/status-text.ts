/** The state of a manager as a page: mode, health, nodes, and what is wrong. Pure. */
import { exitText } from "../../modes/health.ts";
import { isRunning, type NodeStatus } from "../../modes/observation.ts";
import type { ModeMessage, StateMessage } from "../door/door-messages.ts";
import type { Style } from "../style.ts";
import { cut, duration, pad, tame, widest } from "../width.ts";
import { healthWord, stateWord } from "./event-text.ts";

/** The page. `now`: ms since the Unix epoch. `modes`: for telling which nodes the mode asks for. */
export function statusLines(
  message: StateMessage,
  modes: readonly ModeMessage[],
  style: Style,
  now: number,
): string[] {
  const { state } = message;
  const { paint } = style;
  return [
    [paint("bold", state.namespace), modeText(message, style), healthWord(state.health.status, paint)].join(
      "   ",
    ),
    ...details(message, style),
    "",
    ...nodeTable(message, modes, style, now),
    ...state.health.reasons.map((reason) => `${paint("red", "!")} ${tame(reason.message)}`),
    ...(state.health.status === "ok" ? [] : [`${paint("bold", "Next:")} ${nextStep(message)}`]),
  ];
}

function modeText({ state }: StateMessage, { marks, paint }: Style): string {
  const mode = state.mode ?? "no mode yet";
  if (state.phase === "standby") return "standby";
  if (state.phase === "idle") return paint("bold", mode);
  const target = state.target === null ? "" : ` ${marks.arrow} ${paint("bold", state.target)}`;
  return `${state.mode ?? "nothing"}${target}  ${paint("yellow", state.phase.replaceAll("_", " "))}`;
}

function details({ state, supervisor, pid, source, inspector }: StateMessage, { paint }: Style): string[] {
  const waits = state.waitingFor.length === 0 ? [] : [`waits for ${state.waitingFor.join(", ")}`];
  const queued = state.waiting.length === 0 ? [] : [`${state.waiting.length} requests waiting`];
  const parts = [
    `manager ${pid === null ? state.holder : `pid ${pid}`}`,
    ...(source === null ? [] : [source]),
    ...(supervisor === null ? [] : [`isolation ${supervisor.isolation}`]),
    `bus ${state.bus.status}${state.bus.reason === undefined ? "" : `: ${tame(state.bus.reason)}`}`,
    ...(inspector === null ? [] : [inspector]),
  ];
  return [
    ...[...waits, ...queued].map((line) => paint("yellow", `  ${line}`)),
    paint("dim", `  ${parts.join(" · ")}`),
    ...(supervisor?.notes ?? []).map((note) => paint("dim", `  ${tame(note)}`)),
  ];
}

function nodeTable(
  { state }: StateMessage,
  modes: readonly ModeMessage[],
  { marks, paint }: Style,
  now: number,
): string[] {
  const wanted = new Set(modes.find((mode) => mode.name === (state.target ?? state.mode))?.nodes);
  const known = modes.flatMap((mode) => mode.nodes);
  const names = [...new Set([...known, ...state.nodes.keys()])];
  // What the mode asks for comes first, in the catalogue's order.
  names.sort((a, b) => Number(wanted.has(b)) - Number(wanted.has(a)));
  if (names.length === 0) return [paint("dim", "  no nodes")];
  const width = Math.min(28, Math.max(4, widest(names)));
  const header = `  ${pad("NODE", width)}  ${pad("STATE", 9)} ${pad("FOR", 10)} ${pad("PID", 8)} NOTES`;
  return [
    paint("dim", header),
    ...names.map((name) => {
      const status = state.nodes.get(name);
      const mark = wanted.has(name) ? marks.dot : " ";
      const word = status?.state ?? "stopped";
      const since =
        status === undefined || status.generation === 0 ? "" : duration(Math.max(0, now - status.since));
      const pid = status?.pid === undefined || !isRunning(status) ? "" : String(status.pid);
      const row = `${mark} ${pad(cut(name, width), width)}  ${stateWord(word, paint)}${" ".repeat(Math.max(1, 10 - word.length))}${pad(since, 10)} ${pad(pid, 8)} ${notes(status, wanted.has(name), now)}`;
      return isRunning(status) || wanted.has(name) ? row.trimEnd() : paint("dim", row.trimEnd());
    }),
  ];
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

function nextStep({ state }: StateMessage): string {
  const [reason] = state.health.reasons;
  return reason === undefined ? "modeshift events" : `modeshift why ${reason.node}`;
}
