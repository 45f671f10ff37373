/** One event as one line for people. Pure. */
import type { EventType, ManagerEvent } from "../../bus/event.ts";
import { listWords } from "../../config/words.ts";
import { exitText } from "../../modes/health.ts";
import type { Style } from "../style.ts";
import { clockTime, duration, tame } from "../width.ts";

/** Where the sentence begins in a line. */
export const sentenceColumn = 26;

/** `14:03:07.214  node        camera ready (pid 412)`. */
export function eventLine(event: ManagerEvent, { paint }: Style): string {
  return `${paint("dim", clockTime(event.at))}  ${event.type.padEnd(10)}  ${sentenceOf(event, paint)}`;
}

type Paint = Style["paint"];
type EventOf<Type extends EventType> = Extract<ManagerEvent, { readonly type: Type }>;

const sentences: { readonly [Type in EventType]: (event: EventOf<Type>, paint: Paint) => string } = {
  accepted: ({ data: { mode, by, position } }, paint) => {
    const waits = position === 0 ? "" : `, ${position} before it`;
    return `${paint("bold", mode)} asked for${by === null ? "" : ` by ${tame(by)}`}${waits}`;
  },
  transition: ({ data: { cause, from, to, plan } }, paint) => {
    const size = `stop ${plan.stop.length}, start ${plan.start.length}, keep ${plan.keep.length}`;
    return `${cause}: ${from ?? "nothing"} to ${paint("bold", to ?? "nothing")} (${size})`;
  },
  progress: ({ data: { phase, done, total, waitingFor } }) =>
    `${phase} ${done} of ${total}${waitingFor.length === 0 ? "" : `, waits for ${listWords(waitingFor, 5)}`}`,
  node: ({ data }, paint) => nodeSentence(data, paint),
  health: ({ data: { status, reasons } }, paint) =>
    `${healthWord(status, paint)}${reasons.map((reason) => `; ${tame(reason.message)}`).join("")}`,
  result: ({ data: { requestedMode, outcome, durationMs, ok } }, paint) =>
    `${paint("bold", requestedMode)} ${paint(ok ? "green" : "red", outcome)} in ${duration(durationMs)}`,
  manager: ({ data: { what, holder } }) => `${what} (${holder})`,
};

function sentenceOf<Type extends EventType>(event: EventOf<Type>, paint: Paint): string {
  const sentence = sentences[event.type];
  return `${sentence(event, paint)}${event.id === "" || event.type === "node" ? "" : paint("dim", ` [${event.id}]`)}`;
}

function nodeSentence(
  { node, state, pid, exit, gaveUp, restarts, cause }: Extract<ManagerEvent, { type: "node" }>["data"],
  paint: Style["paint"],
): string {
  const notes = [
    pid === null ? "" : `pid ${pid}`,
    exit === null || state === "starting" || state === "ready" || cause.includes(exitText(exit))
      ? ""
      : exitText(exit),
    restarts === 0 ? "" : `restart ${restarts}`,
    gaveUp ? "given up" : "",
    cause === "gone" ? "" : tame(cause),
  ].filter((note) => note !== "" && note !== state);
  return `${paint("bold", node)} ${stateWord(state, paint)}${notes.length === 0 ? "" : ` (${notes.join(", ")})`}`;
}

/** A node's state in its colour. */
export function stateWord(state: string, paint: Style["paint"]): string {
  switch (state) {
    case "ready":
    case "done":
      return paint("green", state);
    case "starting":
    case "stopping":
    case "backoff":
      return paint("yellow", state);
    case "stuck":
      return paint("red", state);
    default:
      return paint("dim", state);
  }
}

/** Health in its colour. */
export function healthWord(status: string, paint: Style["paint"]): string {
  if (status === "ok") return paint("green", status);
  return paint(status === "recovering" ? "yellow" : "red", status);
}
