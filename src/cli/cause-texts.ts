/**
 * The single events of a chain of causes in words. Pure; causes.ts puts them in order.
 */
import type { ManagerEvent } from "../bus/event.ts";
import type { TransitionResult } from "../modes/result.ts";
import { clockTime } from "./width.ts";

/** An event of one type. */
export type Of<Type extends ManagerEvent["type"]> = Extract<ManagerEvent, { readonly type: Type }>;

/** What is worth saying of a node beside its state. */
export function notesOf({ state, restarts, gaveUp, cause }: Of<"node">["data"]): readonly string[] {
  return [
    restarts === 0 ? "" : `${restarts} ${restarts === 1 ? "restart" : "restarts"} by its policy`,
    gaveUp ? "its policy has given up" : "",
    cause === state || cause === "gone" ? "" : cause,
  ].filter((note) => note !== "");
}

/** Who asked for what, and when, as far as it is known. */
export function askedText(
  id: string,
  accepted: Of<"accepted"> | undefined,
  leg: Of<"transition"> | undefined,
  result: TransitionResult | undefined,
): string {
  if (accepted !== undefined) {
    const { by, mode } = accepted.data;
    return `request ${id}${byText(by)} for mode ${mode} at ${clockTime(accepted.at)}`;
  }
  if (leg !== undefined) {
    const { cause, to } = leg.data;
    return `${cause === "request" ? `request ${id}` : cause} for mode ${to ?? "none"} at ${clockTime(leg.at)}`;
  }
  if (result === undefined) return `request ${id}`;
  return `request ${id}${byText(result.by)} for mode ${result.requestedMode} at ${clockTime(result.at)}`;
}

function byText(by: string | null | undefined): string {
  return by === null || by === undefined ? "" : ` by ${by}`;
}

/** The mode that a transition leads to. */
export function modeText({ data }: Of<"transition">): string {
  return `mode ${data.to ?? "none"}`;
}

/** What one plan of a request did. */
export function legText({ at, data }: Of<"transition">): string {
  const { cause, from, to, plan } = data;
  const list = (steps: readonly { readonly node: string }[]): string =>
    steps.map((step) => step.node).join(", ") || "nothing";
  const waits = plan.awaited.length === 0 ? "" : `, waits for ${plan.awaited.join(", ")}`;
  return `${cause === "request" ? "began" : cause} at ${clockTime(at)}: ${from ?? "nothing"} to ${to ?? "nothing"}, stops ${list(plan.stop)}, starts ${list(plan.start)}${waits}`;
}
