/**
 * Answers requests at once, in one of four ways:
 *
 *   node responder.mjs pubsub|group|bus|manager SOCKET
 *
 * pubsub and group are plain ioredis: what the way there and back costs at least. bus is the Redis bus with nobody
 * behind it who thinks; manager is the whole manager, asked for the mode that it is in.
 */
import { Redis } from "ioredis";
import { createLifecycleManager, defineCatalogue, systemClock } from "../../dist/index.js";
import { redisBus } from "../../dist/redis.js";
import { fakeSupervisor } from "../../dist/testing/index.js";

const [kind, path] = process.argv.slice(2);
const catalogue = defineCatalogue({ defaultMode: "idle", modes: { idle: [] } });
const bus =
  kind === "bus" || kind === "manager" ? redisBus({ connection: path, namespace: "bench" }) : undefined;

const starts = {
  async pubsub() {
    const [ear, mouth] = [new Redis({ path }), new Redis({ path })];
    ear.on("message", (_, id) => void mouth.publish("answers", id));
    await ear.subscribe("requests");
  },
  async group() {
    const [reader, writer] = [new Redis({ path }), new Redis({ path })];
    await reader.xgroup("CREATE", "requests", "group", "$", "MKSTREAM");
    const follow = async () => {
      for (;;) {
        const reply = await reader.xreadgroup(
          "GROUP",
          "group",
          "me",
          "COUNT",
          256,
          "BLOCK",
          0,
          "STREAMS",
          "requests",
          ">",
        );
        for (const [entry, [, id]] of reply?.[0]?.[1] ?? []) {
          void writer.xadd("answers", "MAXLEN", "~", 1000, "*", "id", id);
          void writer.xack("requests", "group", entry);
          void writer.xdel("requests", entry);
        }
      }
    };
    void follow();
  },
  async bus() {
    const state = {
      ...{
        namespace: "bench",
        mode: "idle",
        target: "idle",
        phase: "idle",
        health: { status: "ok", reasons: [] },
      },
      ...{
        request: null,
        waiting: [],
        waitingFor: [],
        epoch: 1,
        holder: "bench/1/x",
        bus: { status: "connected" },
        nodes: new Map(),
      },
    };
    const plan = { mode: "idle", stop: [], start: [], keep: [], awaited: [] };
    bus.open({
      catalogue,
      clock: systemClock,
      holder: "bench/1/x",
      epoch: 1,
      state: () => state,
      log: () => {},
    });
    bus.requests$.subscribe(({ requestId: id, mode }) => {
      const at = Date.now();
      const result = {
        ...{
          requestId: id,
          outcome: "unchanged",
          ok: true,
          requestedMode: mode,
          previousMode: mode,
          currentMode: mode,
        },
        ...{ nodesStarted: [], nodesStopped: [], errors: [], attempt: 1, durationMs: 0, at },
      };
      const events = [
        { type: "accepted", id, at, data: { mode, by: null, onBusy: "queue", position: 0 } },
        { type: "transition", id, at, data: { cause: "request", from: mode, to: mode, plan, attempt: 1 } },
        { type: "result", id, at, data: result },
      ];
      bus.publish({ events, state });
    });
  },
  async manager() {
    await createLifecycleManager({ catalogue, supervisor: fakeSupervisor(), bus }).start();
  },
};

await starts[kind]();
process.stdout.write("ready\n");
process.once("SIGTERM", () => process.exit(0));
