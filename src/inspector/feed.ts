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
const longestBacklogBytes = 4 * 1024 * 1024;

/** See the file header. */
export class Feed {
  readonly #recorder: Recorder;
  readonly #name = randomBytes(6).toString("hex");
  readonly #viewers = new Set<ServerResponse>();
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
    if (this.#viewers.size >= mostViewers) return false;
    this.#flush();
    response.write(this.#print(this.#resume(after) ?? this.#beginning()));
    this.#viewers.add(response);
    this.#beat ??= setInterval(() => this.#tell("event: beat\ndata:\n\n"), beatMs).unref();
    response.on("close", () => this.#leave(response));
    this.#lookForSpawned();
    return true;
  }

  close(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#look);
    for (const viewer of this.#viewers) viewer.end();
  }

  #leave(viewer: ServerResponse): void {
    this.#viewers.delete(viewer);
    if (this.#viewers.size > 0) return;
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
    const frame = this.#print({
      events: this.#pending,
      ...(changed ? { state } : {}),
      ...(spawned.length > 0 ? { spawned } : {}),
      ...this.#moment(),
    });
    this.#pending = [];
    this.#tell(frame);
  };

  #lookForSpawned(): void {
    clearTimeout(this.#look);
    this.#look = undefined;
    if (this.#viewers.size === 0 || !this.#recorder.isSpawning) return;
    this.#look = setTimeout(this.#flush, spawnLookMs).unref();
  }

  #resume(after: string): Frame | undefined {
    const [name, seq] = after.split(":");
    const events = name === this.#name ? this.#recorder.after(Number(seq)) : undefined;
    if (events === undefined) return undefined;
    const { state, nodes } = this.#recorder;
    return { events, state, nodes, ...this.#moment() };
  }

  #beginning(): Frame {
    const { picture, events, state, nodes } = this.#recorder;
    return { picture, events, state, nodes, ...this.#moment() };
  }

  #moment(): Pick<Frame, "now" | "ended"> {
    return { now: Date.now(), ended: this.#recorder.ended };
  }

  #print(frame: Frame): string {
    return `id: ${this.#name}:${this.#recorder.lastSeq}\ndata: ${printFrame(frame)}\n\n`;
  }

  #tell(text: string): void {
    for (const viewer of this.#viewers) {
      if (viewer.writableLength > longestBacklogBytes) viewer.destroy();
      else viewer.write(text);
    }
  }
}
