/**
 * Joining a manager without a gap: the whole state, then every event after it; the state again after a hole (I16).
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Observable } from "rxjs";
import type { ManagerState } from "./bus.ts";
import type { ManagerEvent } from "./event.ts";
import type { FeedListener, RedisFeed } from "./redis-feed.ts";
import { compareEntries } from "./request-ledger.ts";
import type { Snapshot } from "./redis-snapshot.ts";

/** What a watcher is told. `state` is undefined when no manager has ever been here. */
export type WatchUpdate =
  | { readonly type: "snapshot"; readonly state: ManagerState | undefined; readonly seq: number }
  | { readonly type: "event"; readonly event: ManagerEvent };

/** What a watch works with. */
export interface WatchContext {
  readonly snapshot: () => Promise<Snapshot>;
  readonly openFeed: (listener: FeedListener) => RedisFeed;
}

const retryMs = 500;

/** Cold; never errors. */
export function watchEvents({ snapshot, openFeed }: WatchContext): Observable<WatchUpdate> {
  return new Observable((subscriber) => {
    /** What is told so far reaches to here. */
    let told = { seq: 0, event: "0-0" };
    let heard: (readonly [ManagerEvent, string])[] | undefined = [];
    const tell = (event: ManagerEvent, entry: string): void => {
      // A snapshot may be ahead of what is heard.
      if (compareEntries(entry, told.event) <= 0) return;
      const isNext = event.seq === told.seq + 1;
      told = { seq: event.seq, event: entry };
      if (isNext) subscriber.next({ type: "event", event });
      if (!isNext || isNewBeginning(event)) void join();
    };
    const feed = openFeed({
      onEvent: (event, entry) => {
        if (heard === undefined) tell(event, entry);
        else heard.push([event, entry]);
      },
    });
    const join = async (): Promise<void> => {
      heard = [];
      const taken = await untilTaken(snapshot, subscriber);
      if (taken === undefined) return;
      told = taken;
      subscriber.next({ type: "snapshot", state: taken.state, seq: taken.seq });
      void feed.start(taken.event);
      const meanwhile = heard;
      heard = undefined;
      for (const [event, entry] of meanwhile) {
        // One of them may have made it necessary to join again.
        if (heard === undefined) tell(event, entry);
      }
    };
    void join();
    return () => feed.close();
  });
}

/** While the server is away the watcher waits with us. Undefined when he has gone. */
async function untilTaken(
  snapshot: () => Promise<Snapshot>,
  subscriber: { readonly closed: boolean },
): Promise<Snapshot | undefined> {
  while (!subscriber.closed) {
    try {
      const taken = await snapshot();
      return subscriber.closed ? undefined : taken;
    } catch {
      await sleep(retryMs);
    }
  }
  return undefined;
}

/** After these the state holds more than the events before them told. */
function isNewBeginning(event: ManagerEvent): boolean {
  return event.type === "manager" && ["up", "takeover", "gap"].includes(event.data.what);
}
