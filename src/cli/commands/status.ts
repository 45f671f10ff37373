/** `modeshift status`: the mode, its health and every node; once, or as a calm full-screen view that follows. */
import type { ManagerEvent } from "../../bus/event.ts";
import { connect } from "../connect.ts";
import { printableState, printMessage, type ModeMessage, type StateMessage } from "../door/door-messages.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { untilInterrupted } from "../interruption.ts";
import type { ManagerLink } from "../manager-link.ts";
import type { CommandAction, Session } from "../session.ts";
import { warnOfStaleCatalogue } from "../stale-catalogue.ts";
import { eventLine } from "../views/event-text.ts";
import { LiveRegion } from "../views/live-region.ts";
import { statusLines } from "../views/status-text.ts";

/** How often the times on the screen move when nothing happens. */
const tickMs = 1000;
/** Events in one burst are drawn together. */
const settleMs = 40;

/** See the file header. */
export const status: CommandAction = async (session, _args, options) => {
  const { out } = session;
  const link = await connect(session);
  try {
    if (options["watch"] === true && out.terminal && session.options.json !== true) {
      return await watch(session, link);
    }
    if (options["watch"] === true) return await follow(session, link);
    const message = await link.state();
    if (session.options.json === true) out.line(printMessage(printableState(message)));
    else {
      const lines = statusLines(message, await link.modes(), out, { now: Date.now() });
      for (const line of lines) out.line(line);
      await warnOfStaleCatalogue(message, out);
    }
    const isWell = options["check"] !== true || message.state.health.status === "ok";
    return isWell ? exitCodes.done : exitCodes.nodeErrors;
  } finally {
    await link.close();
  }
};

/** Not on a terminal: a line of state for every change. */
async function follow(session: Session, link: ManagerLink): Promise<ExitCode> {
  const { out } = session;
  await untilInterrupted(session, async (signal) => {
    let last = "";
    for await (const _ of link.watch(signal)) {
      const message = await link.state();
      const { seq: _seq, ...shown } = message;
      const text = printMessage(printableState({ ...shown, seq: 0 }));
      if (text !== last) out.line(printMessage(printableState(message)));
      last = text;
    }
  });
  return exitCodes.done;
}

async function watch(session: Session, link: ManagerLink): Promise<ExitCode> {
  const { out, host } = session;
  const region = new LiveRegion(out, true);
  const quit = new AbortController();
  const modes = await link.modes();
  const view = new WatchView(session, region, link, modes);
  const offKeys = onKeys(session, () => quit.abort());
  const onResize = (): void => {
    region.forget();
    view.draw();
  };
  host.stdout.on("resize", onResize);
  const ticker = setInterval(() => view.draw(), tickMs);
  try {
    await untilInterrupted(session, async (signal) => {
      for await (const item of link.watch(AbortSignal.any([signal, quit.signal]))) await view.take(item);
    });
  } finally {
    clearInterval(ticker);
    host.stdout.off("resize", onResize);
    offKeys();
    region.clear();
  }
  return exitCodes.done;
}

class WatchView {
  readonly #session: Session;
  readonly #region: LiveRegion;
  readonly #link: ManagerLink;
  readonly #modes: readonly ModeMessage[];
  #state: StateMessage | undefined;
  #recent: readonly ManagerEvent[] = [];
  #refreshing = false;

  constructor(session: Session, region: LiveRegion, link: ManagerLink, modes: readonly ModeMessage[]) {
    this.#session = session;
    this.#region = region;
    this.#link = link;
    this.#modes = modes;
  }

  async take(
    item:
      | { readonly type: "snapshot"; readonly snapshot: StateMessage }
      | { readonly type: "event"; readonly event: ManagerEvent },
  ): Promise<void> {
    if (item.type === "snapshot") {
      this.#recent = await this.#link.history(20);
      this.#state = item.snapshot;
    } else if (item.event.type !== "progress") this.#recent = [...this.#recent, item.event].slice(-20);
    this.#refresh();
  }

  /** The state itself is asked for, once per burst: the manager derives it, nothing is guessed from events. */
  #refresh(): void {
    if (this.#refreshing) return;
    this.#refreshing = true;
    setTimeout(() => {
      this.#refreshing = false;
      this.#link.state().then(
        (state) => {
          this.#state = state;
          this.draw();
        },
        // The watch itself ends when the manager is lost.
        () => undefined,
      );
    }, settleMs);
  }

  draw(): void {
    if (this.#state === undefined) return;
    const { out } = this.#session;
    // Beside the nodes: two lines above them, two below, and some of the events.
    const mostNodes = Math.max(3, out.rows - 8 - Math.min(6, out.rows / 5));
    const page = statusLines(this.#state, this.#modes, out, { now: Date.now(), mostNodes });
    const room = out.rows - page.length - 4;
    const events = this.#recent
      .slice(room > 0 ? -room : this.#recent.length)
      .map((event) => `  ${eventLine(event, out)}`);
    this.#region.draw([...page, "", ...events, "", out.paint("dim", "  q quits")]);
  }
}

/** Calls back on q, Escape or Ctrl-C typed at the keyboard. Returns how to give the keyboard back. */
function onKeys({ host }: Session, quit: () => void): () => void {
  const { stdin } = host;
  if (stdin.isTTY !== true) return () => undefined;
  const listener = (chunk: Buffer): void => {
    const key = chunk.toString("latin1");
    if (key === "q" || key === "Q" || key === "\u0003" || key === "\u001b") quit();
  };
  stdin.setRawMode?.(true);
  stdin.on("data", listener);
  stdin.resume();
  return () => {
    stdin.off("data", listener);
    stdin.setRawMode?.(false);
    stdin.pause();
  };
}
