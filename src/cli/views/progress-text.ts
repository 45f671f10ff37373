/**
 * What `switch` shows while it waits: every node of the running plan and how far it is.
 *
 * A small model fed by the event stream, and its lines. Drawing in place is live-region.ts's.
 */
import type { ManagerEvent } from "../../bus/event.ts";
import { listWords } from "../../config/words.ts";
import type { StateMessage } from "../door/door-messages.ts";
import type { Style } from "../style.ts";
import { cut, duration, pad, widest } from "../width.ts";
import { stateWord } from "./event-text.ts";

/** What a row has beside the node's name: marks, a state and a time. */
const besideName = 24;

interface Row {
  readonly node: string;
  readonly kind: "stop" | "start";
  readonly after: readonly string[];
  state: string;
  since: number;
  /** It moved towards its end in this transition. */
  begun: boolean;
  tookMs: number | undefined;
  /** It did not come to what the plan wants of it. */
  failed: boolean;
  /** It is not begun: what it depends on has failed. */
  skipped: boolean;
}

/** The progress of one request. Feed it every event, then ask for its lines. */
export class Progress {
  readonly #requestId: string;
  #rows: Row[] = [];
  #head = "waiting for its turn";
  #beganAt: number | undefined;
  readonly #states = new Map<string, string>();

  constructor(requestId: string) {
    this.#requestId = requestId;
  }

  /** Where everything stood before the first event. */
  start({ state }: StateMessage): void {
    for (const [node, status] of state.nodes) this.#states.set(node, status.state);
  }

  take(event: ManagerEvent): void {
    if (event.type === "node") this.#move(event.data.node, event.data.state, event.at);
    if (event.id !== this.#requestId) return;
    if (event.type === "accepted" && event.data.position > 0) {
      this.#head = `waiting, ${event.data.position} before it`;
    }
    if (event.type === "transition") this.#begin(event);
    if (event.type === "progress") this.#head = event.data.phase.replaceAll("_", " ");
  }

  /** The lines to show. `now`: ms since the Unix epoch. */
  lines(mode: string, style: Style, now: number): string[] {
    const { paint, marks } = style;
    const spent = this.#beganAt === undefined ? "" : `  ${duration(now - this.#beganAt)}`;
    const done = this.#rows.filter(isOver).length;
    const count = this.#rows.length === 0 ? "" : `  ${done} of ${this.#rows.length}`;
    const width = Math.min(28, style.columns - besideName, widest(this.#rows.map((row) => row.node)));
    const room = style.rows - 3;
    const shown = this.#rows.length <= room ? this.#rows : this.#rows.filter((row) => !isOver(row));
    const rows = shown.slice(0, room - 1).map((row) => {
      return `  ${markOf(row, style)} ${pad(cut(row.node, width, marks.more), width)}  ${this.#text(row, paint, now)}`;
    });
    const hidden = this.#rows.length - rows.length;
    return [
      `${marks.arrow} ${paint("bold", mode)}  ${paint("yellow", this.#head)}${count}${spent}`,
      ...rows,
      ...(hidden > 0 ? [paint("dim", `    and ${hidden} more`)] : []),
    ];
  }

  #text(row: Row, paint: Style["paint"], now: number): string {
    if (row.skipped) return paint("dim", "skipped");
    if (row.failed) return `${paint("red", "failed")}  ${duration(row.tookMs ?? 0)}`;
    if (row.tookMs !== undefined) return `${stateWord(row.state, paint)}  ${duration(row.tookMs)}`;
    if (row.begun) return `${stateWord(row.state, paint)}  ${duration(now - row.since)}`;
    const waits = row.after.filter((node) =>
      this.#rows.some(
        (other) => other.node === node && other.kind === row.kind && other.tookMs === undefined,
      ),
    );
    return paint("dim", waits.length === 0 ? "waits" : `waits for ${listWords(waits, 3)}`);
  }

  #begin({ at, data }: Extract<ManagerEvent, { type: "transition" }>): void {
    this.#beganAt ??= at;
    const phase = data.plan.stop.length > 0 ? "stopping" : "starting";
    this.#head = data.cause === "request" ? phase : data.cause;
    const row =
      (kind: Row["kind"], begun = false) =>
      ({ node, after }: { readonly node: string; readonly after: readonly string[] }): Row => {
        const state = this.#states.get(node) ?? "stopped";
        return {
          node,
          kind,
          after,
          state,
          since: at,
          begun,
          tookMs: undefined,
          failed: false,
          skipped: false,
        };
      };
    const { stop, start, awaited } = data.plan;
    const kept = awaited.map((node) => ({ node, after: [] }));
    this.#rows = [...stop.map(row("stop")), ...kept.map(row("start", true)), ...start.map(row("start"))];
  }

  #move(node: string, state: string, at: number): void {
    this.#states.set(node, state);
    for (const row of this.#rows) {
      if (row.node !== node || row.tookMs !== undefined) continue;
      moveRow(row, state, at);
      if (row.failed && row.kind === "start") this.#skipAfter(row);
    }
  }

  /** What depends on it is not begun any more, and so on. */
  #skipAfter(failed: Row): void {
    const gone = [failed];
    for (const { node } of gone) {
      for (const row of this.#rows) {
        if (row.kind !== "start" || row.begun || row.skipped || !row.after.includes(node)) continue;
        row.skipped = true;
        gone.push(row);
      }
    }
  }
}

function moveRow(row: Row, state: string, at: number): void {
  const isStop = row.kind === "stop";
  if (state === (isStop ? "stopping" : "starting") && !row.begun) {
    Object.assign(row, { begun: true, since: at });
  }
  row.state = state;
  if (!isStop && !row.begun) return;
  const ends = isStop ? state === "stopped" : state === "ready" || state === "done";
  row.failed = isStop ? state === "stuck" : state === "stopped" || state === "backoff";
  if (ends || row.failed) row.tookMs = at - row.since;
}

function isOver({ tookMs, skipped }: Row): boolean {
  return tookMs !== undefined || skipped;
}

function markOf(row: Row, { paint, marks }: Style): string {
  if (row.failed) return paint("red", marks.bad);
  if (row.tookMs !== undefined) return paint("green", marks.ok);
  return paint("dim", row.begun ? marks.dot : marks.ring);
}
