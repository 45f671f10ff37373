/**
 * Joining a manager without a gap: the whole state, then every event after it; the state again after a hole (I16).
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Observable } from "rxjs";
import type { ManagerState } from "./bus.ts";
import type { ManagerEvent } from "./event.ts";
import type { FeedListener, RedisFeed } from "./redis-feed.ts";
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
    let seq = 0;
    let isJoining = true;
    let isStarted = false;
    const feed = openFeed({
      onEvent: (event) => {
        if (isJoining) return;
        const isNext = event.seq === seq + 1;
        seq = event.seq;
        if (isNext) subscriber.next({ type: "event", event });
        if (!isNext || isNewBeginning(event)) void join();
      },
    });
    const join = async (): Promise<void> => {
      isJoining = true;
      while (!subscriber.closed) {
        try {
          const taken = await snapshot();
          if (subscriber.closed) return;
          seq = taken.seq;
          isJoining = false;
          subscriber.next({ type: "snapshot", state: taken.state, seq });
          feed.seek(taken.event);
          if (!isStarted) void feed.start(taken.event);
          isStarted = true;
          return;
        } catch {
          // The server is away: the watcher waits with us.
          await sleep(retryMs);
        }
      }
    };
    void join();
    return () => feed.close();
  });
}

/** After these the state holds more than the events before them told. */
function isNewBeginning(event: ManagerEvent): boolean {
  return event.type === "manager" && ["up", "takeover", "gap"].includes(event.data.what);
}
