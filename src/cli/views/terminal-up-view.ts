/** `up` on a terminal: a line per mode change and per trouble, and what the nodes print, prefixed and coloured. */
import type { ManagerEvent } from "../../bus/event.ts";
import type { Logger } from "../../lifecycle/logger.ts";
import type { LifecycleManager } from "../../lifecycle/manager-options.ts";
import { exitText } from "../../modes/health.ts";
import { shownPath, type Session } from "../session.ts";
import type { LoadedTarget } from "../target.ts";
import { cut, pad, tame, widest } from "../width.ts";
import { resultLines } from "./result-text.ts";
import { tellBusTrouble, type UpView } from "./up-view.ts";

const colours = ["cyan", "magenta", "blue", "green", "yellow"] as const;

/** See the file header. */
export class TerminalUpView implements UpView {
  readonly logger: Logger;
  readonly #session: Session;
  readonly #quiet: boolean;
  readonly #nodes: readonly string[];
  readonly #width: number;
  readonly #followed = new Set<string>();

  constructor(session: Session, { namespace, source, catalogue }: LoadedTarget, quiet: boolean) {
    const { out, host } = session;
    this.#session = session;
    this.#quiet = quiet;
    this.#nodes = [...catalogue.nodes.keys()];
    this.#width = Math.min(20, widest(this.#nodes));
    const trouble = (fields: Readonly<Record<string, unknown>>, message: string): void =>
      this.#trouble(fields, message);
    const silent = (): void => undefined;
    this.logger = { debug: silent, info: silent, warn: silent, error: trouble };
    out.line(
      `${out.paint("bold", namespace)} from ${shownPath(session, source)}, pid ${host.pid}. Ctrl-C stops everything.`,
    );
  }

  follow(manager: LifecycleManager): void {
    manager.events$.subscribe((event) => this.#show(event, manager));
    tellBusTrouble(manager, (text) => this.say(text));
  }

  say(text: string): void {
    const { out } = this.#session;
    out.line(out.paint("bold", `${out.marks.rule}${out.marks.rule} ${tame(text)}`));
  }

  close(): void {
    this.say("down");
  }

  #show(event: ManagerEvent, manager: LifecycleManager): void {
    const { out } = this.#session;
    if (event.type === "transition") {
      const { cause, from, to } = event.data;
      const what = cause === "request" ? "" : `${cause}: `;
      if (to === null) this.say("stopping every node; Ctrl-C once more kills them");
      else this.say(`${what}${from ?? "nothing"} ${out.marks.arrow} ${to}`);
    } else if (event.type === "result") {
      for (const line of resultLines(event.data, out)) out.line(line);
    } else if (event.type === "node") this.#showNode(event.data, manager);
    else if (event.type === "manager" && event.data.what === "standby") {
      this.say(`standing by: ${event.data.holder} holds this robot`);
    }
  }

  #showNode(
    { node, state, exit, gaveUp, cause }: Extract<ManagerEvent, { type: "node" }>["data"],
    manager: LifecycleManager,
  ): void {
    if (state === "starting") this.#followLog(node, manager);
    if (state !== "backoff" && state !== "stuck" && !gaveUp) return;
    const how = exit === null ? cause : exitText(exit);
    this.#line(node, this.#session.out.paint("red", `${state}: ${how}${gaveUp ? ", given up" : ""}`));
  }

  #followLog(node: string, manager: LifecycleManager): void {
    if (this.#quiet || this.#followed.has(node)) return;
    this.#followed.add(node);
    manager
      .log(node)
      ?.follow(0)
      .subscribe((line) => this.#line(node, tame(line)));
  }

  #line(node: string, text: string): void {
    const { out } = this.#session;
    const colour = colours[Math.max(0, this.#nodes.indexOf(node)) % colours.length] ?? "cyan";
    out.line(
      `${out.paint(colour, `${pad(cut(node, this.#width, out.marks.more), this.#width)} ${out.marks.bar}`)} ${text}`,
    );
  }

  #trouble(fields: Readonly<Record<string, unknown>>, message: string): void {
    const { err } = this.#session;
    const node = typeof fields["node"] === "string" ? `${fields["node"]}: ` : "";
    err.line(`${err.paint("red", "error:")} ${node}${tame(message)}`);
  }
}
