/** Shows a request under way: redrawn in place on a terminal, a line per node when piped, nothing with --json. */
import type { ManagerEvent } from "../../bus/event.ts";
import type { DoorRequest, StateMessage } from "../door/door-messages.ts";
import type { Session } from "../session.ts";
import { duration } from "../width.ts";
import { LiveRegion } from "./live-region.ts";
import { Progress } from "./progress-text.ts";

const frameMs = 100;

/** See the file header. */
export class SwitchView {
  readonly #session: Session;
  readonly #asked: DoorRequest;
  readonly #progress: Progress;
  readonly #region: LiveRegion | undefined;
  #ticker: NodeJS.Timeout | undefined;
  #beganAt: number | undefined;

  constructor(session: Session, asked: DoorRequest) {
    const { out, options } = session;
    this.#session = session;
    this.#asked = asked;
    this.#progress = new Progress(asked.id);
    this.#region = out.terminal && options.json !== true ? new LiveRegion(out) : undefined;
  }

  /** Where everything stood before the first event. */
  start(snapshot: StateMessage): void {
    this.#progress.start(snapshot);
    if (this.#region !== undefined) this.#ticker = setInterval(() => this.#draw(), frameMs);
  }

  take(event: ManagerEvent): void {
    this.#progress.take(event);
    if (event.type === "transition" && event.id === this.#asked.id) this.#beganAt ??= event.at;
    if (this.#region === undefined) this.#print(event);
  }

  /** Takes the picture away and gives the terminal back. Idempotent. */
  end(): void {
    clearInterval(this.#ticker);
    this.#region?.clear();
  }

  #draw(): void {
    this.#region?.draw(this.#progress.lines(this.#asked.mode, this.#session.out, Date.now()));
  }

  #print(event: ManagerEvent): void {
    const { out, options } = this.#session;
    if (options.json === true || event.type !== "node" || this.#beganAt === undefined) return;
    out.line(`${duration(event.at - this.#beganAt).padStart(9)}  ${event.data.node} ${event.data.state}`);
  }
}
