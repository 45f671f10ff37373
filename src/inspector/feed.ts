/**
 * The live feed: server-sent events to every viewer, the whole picture first and then every change without a gap (I16).
 *
 * Changes are sent together, at most 40 times a second, as one text made once for all viewers; nothing is made while
 * nobody looks. That a starting node has a process is told by no event, so while somebody looks it is looked for. A viewer who does not keep up is disconnected and resumes where it was, by the id of its last frame:
 * `<feed>:<seq>`.
 */
import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { ManagerEvent } from "../bus/event.ts";
import { printFrame, type Frame } from "./frame.ts";
import type { Recorder } from "./recorder.ts";

const mostViewers = 32;
const togetherMs = 25;
const spawnLookMs = 100;
const beatMs = 10_000;
const eventsPerTurn = 500;
const longestBacklogBytes = 4 * 1024 * 1024;

/** See the file header. */
export class Feed {
  readonly #recorder: Recorder;
  readonly #name = randomBytes(6).toString("hex");
  readonly #viewers = new Set<ServerResponse>();
  /** Those who are still being told what was before. */
  readonly #joining = new Set<ServerResponse>();
  #pending: ManagerEvent[] = [];
  #lastState = "";
  #timer: NodeJS.Timeout | undefined;
  #look: NodeJS.Timeout | undefined;
  #beat: NodeJS.Timeout | undefined;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
    recorder.listen({
      onEvent: (event) => {
        if (this.#viewers.size > 0) this.#pending.push(event);
      },
      onState: () => {
        // The process may be about to end, too: what is last is not kept waiting.
        if (recorder.ended) this.#flush();
        else if (this.#viewers.size > 0) this.#timer ??= setTimeout(this.#flush, togetherMs).unref();
      },
    });
  }

  /** Makes the response a stream. `after`: the id of the last frame the viewer has. False: too many look already. */
  join(response: ServerResponse, after: string): boolean {
    if (this.#viewers.size + this.#joining.size >= mostViewers) return false;
    this.#joining.add(response);
    this.#beat ??= setInterval(() => this.#tell("event: beat\ndata:\n\n"), beatMs).unref();
    response.on("close", () => this.#leave(response));
    const [name, seq] = after.split(":");
    this.#catchUp(response, name === this.#name ? Number(seq) : undefined);
    return true;
  }

  close(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#look);
    for (const viewer of [...this.#viewers, ...this.#joining]) viewer.end();
    this.#joining.clear();
  }

  #leave(viewer: ServerResponse): void {
    this.#viewers.delete(viewer);
    this.#joining.delete(viewer);
    if (this.#viewers.size + this.#joining.size > 0) return;
    clearInterval(this.#beat);
    this.#beat = undefined;
    this.#pending = [];
  }

  readonly #flush = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#viewers.size === 0) return;
    const { state } = this.#recorder;
    const text = JSON.stringify(state);
    const changed = text !== this.#lastState;
    const spawned = this.#recorder.takeSpawned();
    this.#lookForSpawned();
    const isNews = changed || this.#pending.length > 0 || spawned.length > 0;
    if (!isNews && !this.#recorder.ended) return;
    this.#lastState = text;
    const news = { ...(changed ? { state } : {}), ...(spawned.length > 0 ? { spawned } : {}) };
    const frame = { events: this.#pending, ...news, ...this.#moment() };
    this.#pending = [];
    this.#tell(this.#print(frame, this.#recorder.lastSeq));
  };

  #lookForSpawned(): void {
    clearTimeout(this.#look);
    this.#look = undefined;
    if (this.#viewers.size === 0 || !this.#recorder.isSpawning) return;
    this.#look = setTimeout(this.#flush, spawnLookMs).unref();
  }

  /** Tells what came after `seq`, or from the beginning, a part in each turn: to print all at once would take long. */
  #catchUp(response: ServerResponse, seq: number | undefined): void {
    if (!this.#joining.has(response)) return;
    const known = seq === undefined ? undefined : this.#recorder.after(seq);
    const { picture, events } = this.#recorder;
    const rest = known ?? events;
    const beginning = known === undefined ? { picture } : {};
    if (rest.length > eventsPerTurn) {
      const part = rest.slice(0, eventsPerTurn);
      const last = part.at(-1)?.seq ?? 0;
      response.write(this.#print({ ...beginning, events: part, more: true, ...this.#moment() }, last));
      setImmediate(() => this.#catchUp(response, last));
      return;
    }
    this.#flush();
    const { state, nodes, lastSeq } = this.#recorder;
    response.write(this.#print({ ...beginning, events: rest, state, nodes, ...this.#moment() }, lastSeq));
    this.#joining.delete(response);
    this.#viewers.add(response);
    this.#lookForSpawned();
  }

  #moment(): Pick<Frame, "now" | "ended"> {
    return { now: Date.now(), ended: this.#recorder.ended };
  }

  #print(frame: Frame, seq: number): string {
    return `id: ${this.#name}:${seq}\ndata: ${printFrame(frame)}\n\n`;
  }

  #tell(text: string): void {
    for (const viewer of this.#viewers) {
      if (viewer.writableLength > longestBacklogBytes) viewer.destroy();
      else viewer.write(text);
    }
  }
}
