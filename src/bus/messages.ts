/**
 * Results and events as text, and back: what is in the `data` field of the `events` stream, in `result:<id>` and on
 * the `mode/changed` channel.
 *
 * Names are renamed by wire-names.ts. Requests are read by request-message.ts; state and nodes are in
 * state-message.ts. Everything printed carries `v: 1`; what carries another version is not read.
 */
import type { Outcome, TransitionResult } from "../modes/result.ts";
import type { EventType, ManagerEvent, UnnumberedEvent } from "./event.ts";
import { parseJson, printJson } from "./wire-names.ts";

/** The version that every message carries. */
export const messageVersion = 1;

const outcomes: ReadonlySet<string> = new Set<Outcome>([
  "changed",
  "unchanged",
  "degraded",
  "rolled_back",
  "fell_back",
  "failed",
  "expired",
  "rejected",
  "superseded",
]);

const eventTypes: ReadonlySet<string> = new Set<EventType>([
  "accepted",
  "transition",
  "progress",
  "node",
  "health",
  "result",
  "manager",
]);

/** A result as JSON in snake_case. */
export function printResult(result: TransitionResult): string {
  return printJson({ v: messageVersion, ...result });
}

/** The result in a text; undefined when the text holds none (a mark such as `running:1:5-0`, or a foreign value). */
export function parseResult(text: string): TransitionResult | undefined {
  if (!text.startsWith("{")) return undefined;
  const { v, ...fields } = parseJson(text) ?? {};
  return v === messageVersion ? resultIn(fields) : undefined;
}

function resultIn(fields: Readonly<Record<string, unknown>>): TransitionResult | undefined {
  if (!isOutcome(fields["outcome"])) return undefined;
  const isComplete =
    typeof fields["requestId"] === "string" &&
    typeof fields["requestedMode"] === "string" &&
    Array.isArray(fields["errors"]) &&
    Array.isArray(fields["nodesStarted"]) &&
    Array.isArray(fields["nodesStopped"]);
  return isComplete ? (fields as unknown as TransitionResult) : undefined;
}

function isOutcome(value: unknown): boolean {
  return typeof value === "string" && outcomes.has(value);
}

/** An event's payload as JSON in snake_case. */
export function printEventData(event: UnnumberedEvent): string {
  return event.type === "result" ? printResult(event.data) : printJson({ v: messageVersion, ...event.data });
}

/**
 * The event in the fields of a stream entry; undefined when it is none that this version knows, which a reader skips.
 */
export function parseEvent(fields: ReadonlyMap<string, string>): ManagerEvent | undefined {
  const type = fields.get("type") ?? "";
  const seq = Number(fields.get("seq"));
  const { v, ...data } = parseJson(fields.get("data") ?? "") ?? {};
  if (v !== messageVersion || !eventTypes.has(type) || !Number.isSafeInteger(seq)) return undefined;
  if (type === "result" && resultIn(data) === undefined) return undefined;
  const event = { type, seq, id: fields.get("id") ?? "", at: Number(fields.get("at")), data };
  return event as unknown as ManagerEvent;
}
