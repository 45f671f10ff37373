/** One event of the manager as a line of a transcript. */
import { exitText } from "../../src/modes/health.ts";
import type { EventData, ManagerEvent } from "../../src/bus/event.ts";
import type { TransitionResult } from "../../src/modes/result.ts";
import { word } from "./words.ts";

/** See the file header. Undefined: not worth a line. */
export function eventText(event: ManagerEvent): string | undefined {
  switch (event.type) {
    case "accepted":
      return `accepted ${event.id} ${word(event.data.mode)}${event.data.position === 0 ? "" : `, waits as number ${event.data.position}`}`;
    case "transition":
      return transitionText(event.id, event.data);
    case "node":
      return nodeText(event.data);
    case "health":
      return `health ${[event.data.status, ...event.data.reasons.map(({ node, code }) => `${word(node)} ${code}`)].join(", ")}`;
    case "result":
      return resultText(event.data);
    case "manager":
      return `manager ${event.data.what}`;
    case "progress":
      return undefined;
  }
}

function transitionText(id: string, { cause, from, to, plan }: EventData["transition"]): string {
  const stop = plan.stop.map(({ node }) => node);
  const start = plan.start.map(({ node }) => node);
  const parts = [list("stop", stop), list("start", start), list("keep", plan.keep)].filter(
    (part) => part !== "",
  );
  return `transition ${id} (${cause}) ${place(from)} -> ${place(to)}: ${parts.join("; ") || "nothing to do"}`;
}

function nodeText({ node, state, generation, cause, exit }: EventData["node"]): string {
  const how = exit === null || cause.includes(exitText(exit)) ? cause : `${cause}, ${exitText(exit)}`;
  return `node ${word(node)} #${generation} ${state} (${how})`;
}

function resultText(result: TransitionResult): string {
  const { requestId, outcome, previousMode, currentMode, nodesStopped, nodesStarted, errors, reason } =
    result;
  const parts = [
    `result ${requestId} ${outcome} ${place(previousMode)} -> ${place(currentMode)}`,
    list("stopped", nodesStopped),
    list("started", nodesStarted),
    ...errors.map(
      ({ node, phase, code, during }) =>
        `error ${word(node)} ${phase} ${code}${during === undefined ? "" : ` during ${during}`}`,
    ),
    reason === undefined ? "" : `${reason.code}: ${reason.message}`,
  ];
  return parts.filter((part) => part !== "").join("; ");
}

function list(what: string, nodes: readonly string[]): string {
  return nodes.length === 0 ? "" : `${what} ${nodes.map(word).join(" ")}`;
}

function place(mode: string | null): string {
  return mode === null ? "nowhere" : word(mode);
}
