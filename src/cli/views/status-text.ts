/** The state of a manager as a page: mode, health, nodes, and what is wrong. Pure. */
import type { BusHealth } from "../../bus/bus.ts";
import { listWords } from "../../config/words.ts";
import { rootReasons, type HealthReason } from "../../modes/health.ts";
import { shellWord } from "../advice.ts";
import type { ModeMessage, StateMessage } from "../door/door-messages.ts";
import type { Style } from "../style.ts";
import { broken, fill, tame } from "../width.ts";
import { healthWord } from "./event-text.ts";
import { nodeTable } from "./node-table.ts";

const mostReasons = 8;

/** The page. `now`: ms since the Unix epoch. `modes`: for telling which nodes the mode asks for. */
export function statusLines(
  message: StateMessage,
  modes: readonly ModeMessage[],
  style: Style,
  options: { readonly now: number; readonly mostNodes?: number },
): string[] {
  const { state } = message;
  const { now, mostNodes: most = Infinity } = options;
  const { reasons } = state.health;
  const { paint } = style;
  const lines = [
    [paint("bold", state.namespace), modeText(message, style), healthWord(state.health.status, paint)].join(
      "   ",
    ),
    ...details(message, style),
    "",
    ...nodeTable(message, modes, style, { now, most }),
    ...reasons
      .slice(0, mostReasons)
      .map((reason) => `${paint("red", "!")} ${style.typed(reasonText(reason))}`),
    ...(reasons.length > mostReasons
      ? [`${paint("red", "!")} and ${reasons.length - mostReasons} more`]
      : []),
    ...(state.health.status === "ok" ? [] : [style.next(nextStep(message))]),
  ];
  return lines.flatMap((line) => broken(line, style, 4));
}

function modeText({ state }: StateMessage, { marks, paint }: Style): string {
  const mode = state.mode ?? "no mode yet";
  if (state.phase === "standby") return "standby";
  if (state.phase === "idle") return paint("bold", mode);
  const target = state.target === null ? "" : ` ${marks.arrow} ${paint("bold", state.target)}`;
  return `${state.mode ?? "nothing"}${target}  ${paint("yellow", state.phase.replaceAll("_", " "))}`;
}

function details(
  { state, supervisor, pid, source, inspector, redis }: StateMessage,
  { marks, paint, breakAt }: Style,
): string[] {
  const waits = state.waitingFor.length === 0 ? [] : [`waits for ${listWords(state.waitingFor, 5)}`];
  const queued = state.waiting.length === 0 ? [] : [`${state.waiting.length} requests waiting`];
  const parts = [
    `manager ${pid === null ? state.holder : `pid ${pid}`}`,
    ...(source === null ? [] : [source]),
    ...(supervisor === null ? [] : [`isolation ${supervisor.isolation}`]),
    redis ? busText(state.bus) : "no Redis",
    ...(inspector === null ? [] : [inspector]),
  ];
  return [
    ...[...waits, ...queued].map((line) => paint("yellow", `  ${line}`)),
    ...separated(parts, marks.separator, breakAt).map((line) => paint("dim", line)),
    ...(supervisor?.notes ?? []).map((note) => paint("dim", `  ${tame(note)}`)),
  ];
}

function separated(parts: readonly string[], separator: string, breakAt: number): readonly string[] {
  const last = parts.length - 1;
  const words = parts.map((part, index) => (index < last ? `${part}${separator.trimEnd()}` : part));
  return fill(["", "", ...words], breakAt, 4);
}

function busText({ status, reason }: BusHealth): string {
  return `Redis ${status}${reason === undefined ? "" : `: ${tame(reason)}`}`;
}

function reasonText({ message, blockedBy }: HealthReason): string {
  return tame(blockedBy === undefined ? message : `${message}; it needs ${listWords(blockedBy, 5)}`);
}

function nextStep({ state }: StateMessage): string {
  const [reason] = rootReasons(state.health);
  return reason === undefined ? "modeshift events" : `modeshift why ${shellWord(reason.node)}`;
}
