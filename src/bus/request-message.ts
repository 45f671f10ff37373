/**
 * Reads requests as they come from the wire: stream fields, JSON in `data`, upstream's `{mode, requested_by,
 * timestamp}`, and the text of a PUBLISH. Strict about what would be dangerous to guess, friendly to `redis-cli`.
 *
 * Judging a request is the machine's; what becomes of a malformed one is the bus's. Holds I13: whatever the bytes
 * are, the answer is a request or a reason, never an exception.
 */
import { findMode, type Catalogue, type OnBusy } from "../modes/catalogue.ts";
import { requestIdForm, requestIdPattern } from "../modes/request.ts";
import { isRecord, readJson } from "./wire-names.ts";

/** Requests above this many bytes are refused unread. */
export const maxRequestBytes = 16 * 1024;

/** Of one that is too large: enough to find its id. */
const mostTextsRead = 64;
const maxNameLength = 64;
const maxByLength = 128;
// C0, DEL and C1: they would rewrite a terminal that shows the text.
const controlCharacters = /[\u0000-\u001f\u007f-\u009f]/;

/** A request in form. Times are as sent: `deadline` in ms since the Unix epoch on the server's clock. */
export interface RequestMessage {
  /** Absent: the bus names it (on Redis: by the entry id). */
  readonly id?: string;
  readonly mode: string;
  readonly by?: string;
  readonly onBusy?: OnBusy;
  readonly deadline?: number;
  /** ms from enqueueing to the latest beginning; `deadline` wins. */
  readonly ttlMs?: number;
}

/** What could not be read. `id` is there when the sender can be answered, `by` when it can be told. */
export interface MalformedRequest {
  readonly problem: string;
  readonly id?: string;
  readonly by?: string;
  /** What was asked for as far as it could be read, cut to a name's length. */
  readonly mode: string;
}

interface Gathered {
  readonly flat: Map<string, unknown>;
  /** The first name that is given twice. */
  readonly repeated: string | undefined;
  /** Bytes; of one that is too large, of its beginning. */
  readonly size: number;
}

function gather(fields: readonly string[]): Gathered {
  const flat = new Map<string, unknown>();
  let repeated: string | undefined;
  let size = 0;
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [name = "", value = ""] = [fields[index], fields[index + 1]];
    size += Buffer.byteLength(name) + Buffer.byteLength(value);
    // Not one by one: there may be a million more.
    if (size > maxRequestBytes && index > mostTextsRead) break;
    if (flat.has(name)) repeated ??= name;
    flat.set(name, value);
  }
  return { flat, repeated, size };
}

/** The request in stream fields (`[name, value, ...]`), or what is wrong with it. */
export function parseRequest(fields: readonly string[]): RequestMessage | MalformedRequest {
  const { flat, repeated, size } = gather(fields);
  if (size > maxRequestBytes) return malformed(flat, `${size} bytes: a request may have ${maxRequestBytes}`);
  // Which of the two is meant cannot be told.
  if (repeated === "id" || repeated === "by") flat.delete(repeated);
  if (repeated !== undefined) return malformed(flat, `field '${clip(repeated)}' is given twice`);
  const data = flat.get("data");
  if (typeof data !== "string") return readFields(flat);
  const value = readJson(data);
  if (!isRecord(value)) return malformed(flat, "'data' is no JSON object");
  return readFields(new Map([...flat, ...Object.entries(value)]));
}

/** True for what parseRequest could not read. */
export function isMalformed(parsed: RequestMessage | MalformedRequest): parsed is MalformedRequest {
  return "problem" in parsed;
}

/** The stream fields for the text of a PUBLISH: JSON when it begins with `{`, else a mode's name. */
export function fieldsOfPublish(text: string, catalogue: Catalogue): readonly string[] {
  if (text.trimStart().startsWith("{")) return ["data", text];
  return ["mode", findMode(catalogue, text) === undefined ? text.trim() : text];
}

function readFields(fields: ReadonlyMap<string, unknown>): RequestMessage | MalformedRequest {
  const problem =
    problemOfVersion(fields.get("v")) ??
    problemOfMode(fields.get("mode")) ??
    problemOfId(fields.get("id")) ??
    problemOfOnBusy(fields.get("on_busy")) ??
    problemOfTime("deadline", fields.get("deadline")) ??
    problemOfTime("ttl", fields.get("ttl"));
  if (problem !== undefined) return malformed(fields, problem);
  return {
    mode: fields.get("mode") as string,
    ...given("id", fields.get("id") as string | undefined),
    ...given("by", senderIn(fields)),
    ...given("onBusy", fields.get("on_busy") as OnBusy | undefined),
    ...given("deadline", timeOf(fields.get("deadline"))),
    ...given("ttlMs", timeOf(fields.get("ttl"))),
  };
}

function given<Name extends string, Value>(name: Name, value: Value | undefined): { [N in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [N in Name]: Value });
}

function senderIn(fields: ReadonlyMap<string, unknown>): string | undefined {
  const by = fields.get("by") ?? fields.get("requested_by");
  return typeof by === "string" && by !== "" ? clip(by, maxByLength) : undefined;
}

function problemOfVersion(v: unknown): string | undefined {
  return v === undefined || v === 1 || v === "1"
    ? undefined
    : `v: ${shown(v)} is not known; this manager reads 1`;
}

function problemOfMode(mode: unknown): string | undefined {
  if (mode === undefined) return "'mode' is missing";
  if (typeof mode !== "string") return "'mode' is no text";
  if (mode === "") return "'mode' is empty";
  if (controlCharacters.test(mode)) return "'mode' has control characters";
  // The cheap test first: every code point is one or two UTF-16 units.
  if (mode.length > maxNameLength && Array.from(mode).length > maxNameLength) {
    return `'mode' is longer than ${maxNameLength} characters`;
  }
  return undefined;
}

function problemOfId(id: unknown): string | undefined {
  if (id === undefined || (typeof id === "string" && requestIdPattern.test(id))) return undefined;
  return `'id' must be ${requestIdForm}`;
}

function problemOfOnBusy(onBusy: unknown): string | undefined {
  if (onBusy === undefined || onBusy === "preempt" || onBusy === "queue" || onBusy === "reject") {
    return undefined;
  }
  return `'on_busy' is ${shown(onBusy)}: it may be preempt, queue or reject`;
}

function problemOfTime(name: string, value: unknown): string | undefined {
  if (value === undefined || timeOf(value) !== undefined) return undefined;
  return `'${name}' is ${shown(value)}: it must be a whole number of milliseconds`;
}

function timeOf(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
  if (typeof value !== "string" || !/^\d{1,15}$/.test(value)) return undefined;
  return Number(value);
}

function malformed(fields: ReadonlyMap<string, unknown>, problem: string): MalformedRequest {
  const id = fields.get("id");
  const mode = fields.get("mode");
  return {
    problem,
    mode: typeof mode === "string" ? clip(mode) : "",
    ...given("id", typeof id === "string" && requestIdPattern.test(id) ? id : undefined),
    ...given("by", senderIn(fields)),
  };
}

// Never String(value): JSON may bring an object whose own toString is no function.
function shown(value: unknown): string {
  if (typeof value === "string") return `'${clip(value)}'`;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "no text";
}

function clip(text: string, length = maxNameLength): string {
  // Cut first: the text may be as long as a whole request.
  return Array.from(text.slice(0, 2 * length))
    .slice(0, length)
    .join("")
    .replaceAll(new RegExp(controlCharacters, "g"), "\ufffd");
}
