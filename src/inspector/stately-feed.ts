/**
 * The mode machine in Stately's inspection messages, for the bridge page (page/stately.html) to hand on.
 *
 * It looks at the machine only while somebody has that page open, and begins with every living actor's definition and
 * state, so that late viewers get a whole picture. What the messages contain is what Stately's tools read; what is
 * done with them there is Stately's affair.
 */
import type { ServerResponse } from "node:http";
import type { AnyActorRef, InspectionEvent, Subscription } from "xstate";
import type { ModeActor } from "../bus/bridge.ts";

const protocolVersion = "0.7.2";
const mostViewers = 8;
const longestBacklogBytes = 4 * 1024 * 1024;

/** See the file header. */
export class StatelyFeed {
  /** Where messages may be sent by the bridge. */
  readonly origins: readonly string[];
  readonly #actor: ModeActor;
  readonly #url: string;
  readonly #viewers = new Set<ServerResponse>();
  #inspection: Subscription | undefined;

  constructor(actor: ModeActor, url: string) {
    this.#actor = actor;
    this.#url = url;
    this.origins = originsOf(new URL(url));
  }

  /** Makes the response a stream: where to send, every actor as it is now, then every message. False: too many look. */
  join(response: ServerResponse): boolean {
    if (this.#viewers.size >= mostViewers) return false;
    const target = { url: this.#url, origins: this.origins };
    response.write(`event: target\ndata: ${JSON.stringify(target)}\n\n`);
    const children = Object.values(this.#actor.getSnapshot().children);
    for (const actor of [this.#actor, ...children]) {
      if (actor !== undefined) response.write(print(actorMessage(actor, this.#actor.sessionId)));
    }
    this.#viewers.add(response);
    this.#inspection ??= this.#actor.system.inspect((event) => this.#tell(event));
    response.on("close", () => {
      this.#viewers.delete(response);
      if (this.#viewers.size === 0) this.#stopLooking();
    });
    return true;
  }

  close(): void {
    this.#stopLooking();
    for (const viewer of this.#viewers) viewer.end();
  }

  #stopLooking(): void {
    this.#inspection?.unsubscribe();
    this.#inspection = undefined;
  }

  #tell(event: InspectionEvent): void {
    try {
      const message = messageOf(event);
      if (message === undefined) return;
      const text = print(message);
      for (const viewer of this.#viewers) {
        if (viewer.writableLength > longestBacklogBytes) viewer.destroy();
        else viewer.write(text);
      }
    } catch {
      // What cannot be printed is not shown: the machine must not notice that it is looked at.
    }
  }
}

/** Stately's page may be moved between its two names. */
function originsOf({ origin, hostname }: URL): readonly string[] {
  const names = ["stately.ai", "www.stately.ai"];
  return names.includes(hostname) ? names.map((name) => origin.replace(hostname, name)) : [origin];
}

function print(message: object): string {
  return `data: ${JSON.stringify(message)}\n\n`;
}

function stamp(): object {
  return { _version: protocolVersion, createdAt: String(Date.now()), id: null };
}

function actorMessage(actor: AnyActorRef, rootId: string): object {
  const logic = (actor as { readonly logic?: { readonly config?: unknown } }).logic;
  return {
    ...stamp(),
    type: "@xstate.actor",
    name: actor.id,
    sessionId: actor.sessionId,
    rootId,
    ...(actor.sessionId === rootId ? {} : { parentId: rootId }),
    definition: JSON.stringify(typeof logic?.config === "object" ? logic.config : { id: actor.id }),
    snapshot: snapshotOf(actor.getSnapshot()),
  };
}

function messageOf(event: InspectionEvent): object | undefined {
  const { actorRef, rootId } = event;
  const about = { ...stamp(), type: event.type, rootId, sessionId: actorRef.sessionId };
  switch (event.type) {
    case "@xstate.actor":
      return actorMessage(actorRef as AnyActorRef, rootId);
    case "@xstate.event":
      return { ...about, event: event.event, sourceId: event.sourceRef?.sessionId };
    case "@xstate.snapshot":
      return { ...about, event: event.event, snapshot: snapshotOf(event.snapshot) };
    case "@xstate.microstep":
    case "@xstate.transition":
    case "@xstate.action":
      return undefined;
  }
}

/** Without children and machine, which hold the whole system. */
function snapshotOf(snapshot: unknown): object {
  const { status, value, context } = snapshot as Readonly<Record<string, unknown>>;
  return { status, value, context };
}
