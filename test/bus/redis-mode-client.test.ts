import { firstValueFrom, filter, toArray, take } from "rxjs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createModeClient, type ModeClient, type WatchUpdate } from "modeshift/redis";
import { redisKeys } from "../../src/bus/redis-keys.ts";
import { startRedisServer, type RedisServer } from "../fixtures/redis-server.ts";
import { startRobot, type Robot } from "./robot.ts";

let server: RedisServer;
let robot: Robot;
let client: ModeClient;
let namespace: string;
let count = 0;

beforeAll(async () => {
  server = await startRedisServer();
});
afterAll(() => server.stop());

describe("a client of a running manager", () => {
  beforeEach(async () => {
    count += 1;
    namespace = `client-${count}`;
    robot = await startRobot(server, namespace);
    client = createModeClient({ connection: server.path, namespace });
  });
  afterEach(async () => {
    client.close();
    await robot.manager.stop();
  });

  test("I7: a request is answered with the manager's result", async () => {
    const result = await client.requestMode("teleop", { by: "test", id: "first" });

    expect(result).toMatchObject({
      requestId: "first",
      outcome: "changed",
      ok: true,
      currentMode: "teleop",
      nodesStarted: ["drive"],
    });
    expect(robot.manager.currentMode).toBe("teleop");
    await expect(client.result("first")).resolves.toEqual(result);
  });

  test("the same id is answered again with the same result and executed once", async () => {
    const first = await client.requestMode("teleop", { id: "again" });
    const second = await client.requestMode("teleop", { id: "again" });

    expect(second).toEqual(first);
    expect(robot.spawned("drive")).toBe(1);
  });

  test("the same id for another mode is the caller's fault", async () => {
    await client.requestMode("teleop", { id: "mine" });

    await expect(client.requestMode("idle", { id: "mine" })).rejects.toMatchObject({ code: "BAD_OPTION" });
  });

  test("two waits for one id get one execution", async () => {
    const results = await Promise.all([
      client.requestMode("teleop", { id: "both" }),
      client.requestMode("teleop", { id: "both" }),
    ]);

    expect(results[0]).toEqual(results[1]);
  });

  test("an unknown mode is rejected by the manager, which names the modes", async () => {
    const result = await client.requestMode("telepo");

    expect(result.outcome).toBe("rejected");
    expect(result.reason?.code).toBe("MODE_UNKNOWN");
    expect(result.reason?.message).toContain("teleop");
  });

  test("events of the request are told as they come", async () => {
    const types: string[] = [];
    await client.requestMode("teleop", { onEvent: ({ type }) => types.push(type) });

    expect(types[0]).toBe("accepted");
    expect(types).toContain("transition");
    expect(types).toContain("node");
    expect(types.at(-1)).toBe("result");
  });

  test("a signal ends the wait, not the request", async () => {
    const stop = new AbortController();
    const wait = client.requestMode("slow", { id: "slow", signal: stop.signal, onEvent: () => stop.abort() });

    await expect(wait).rejects.toMatchObject({ code: "ABORTED" });
    await expect(client.requestMode("slow", { id: "slow" })).resolves.toMatchObject({ currentMode: "slow" });
  });

  test("with a signal that was aborted before, nothing is sent, and that is said", async () => {
    const wait = client.requestMode("teleop", { signal: AbortSignal.abort() });

    await expect(wait).rejects.toMatchObject({ message: expect.stringContaining("was not sent") });
    await client.requestMode("idle");
    expect(robot.spawned("drive")).toBe(0);
  });

  test("a time-out says that the request may still be executed", async () => {
    await expect(client.requestMode("slow", { timeoutMs: 100 })).rejects.toMatchObject({
      code: "TIMED_OUT",
      message: expect.stringContaining("may still be executed"),
    });
  });

  test("I11: what is past its deadline is answered expired", async () => {
    const slow = client.requestMode("slow");
    const late = await client.requestMode("teleop", { deadlineMs: 50, onBusy: "queue" });

    expect(late.outcome).toBe("expired");
    await slow;
  });

  test("a request that cannot be read is refused before it is sent", async () => {
    await expect(client.requestMode("x".repeat(20_000))).rejects.toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
    await expect(client.requestMode("")).rejects.toMatchObject({ code: "BAD_OPTION" });
    await expect(client.requestMode("idle", { id: "has space" })).rejects.toMatchObject({
      code: "BAD_OPTION",
    });
  });

  test("state, catalogue and history tell what the manager is and did", async () => {
    await client.requestMode("teleop", { id: "h" });

    const state = await client.state();
    const modes = await client.catalogue();
    const history = await client.history(100);
    expect(state).toMatchObject({
      namespace,
      mode: "teleop",
      phase: "idle",
      request: null,
      bus: { status: "connected" },
    });
    expect([...(state?.nodes.keys() ?? [])]).toEqual(expect.arrayContaining(["clock", "drive"]));
    expect([...(modes?.modes.keys() ?? [])]).toEqual(["idle", "teleop", "autonomous", "slow", "safe"]);
    expect(modes?.modes.get("safe")?.urgent).toBe(true);
    expect(history.filter(({ id }) => id === "h").map(({ type }) => type)).toContain("result");
  });

  test("I16: a watcher gets the state, then every event, without a gap", async () => {
    await client.requestMode("idle");
    const updates = firstValueFrom(client.watch().pipe(take(8), toArray()));
    await firstValueFrom(client.watch());
    await client.requestMode("teleop");
    await client.requestMode("idle");

    const [first, ...rest] = await updates;
    expect(first?.type).toBe("snapshot");
    const seqs = rest.map((update) => (update.type === "event" ? update.event.seq : Number.NaN));
    expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] ?? 0) + index));
    expect(seqs[0]).toBe((first?.type === "snapshot" ? first.seq : 0) + 1);
  });

  test("I16: after a hole a watcher gets the whole state again", async () => {
    await client.requestMode("idle");
    const updates: WatchUpdate[] = [];
    const subscription = client
      .watch()
      .subscribe({ next: (update) => updates.push(update), error: () => undefined });
    await firstValueFrom(client.watch());
    const keys = redisKeys(namespace);
    const raw = server.client();
    await raw.hincrby(keys.state, "seq", 5);
    await client.requestMode("teleop");
    await client.requestMode("idle");

    await expect.poll(() => updates.filter(({ type }) => type === "snapshot")).toHaveLength(2);
    subscription.unsubscribe();
  });

  test("a closed client says so", async () => {
    const waiting = client.requestMode("slow");
    client.close();

    await expect(waiting).rejects.toMatchObject({ code: "CLOSED" });
    await expect(client.state()).rejects.toMatchObject({ code: "CLOSED" });
  });
});

describe("a client without a manager", () => {
  test("a request is not sent, and the error says what to do", async () => {
    const lonely = createModeClient({ connection: server.path, namespace: "nobody" });

    await expect(lonely.requestMode("teleop")).rejects.toMatchObject({
      code: "MANAGER_NOT_FOUND",
      message: expect.stringMatching(/nobody.*Nothing was sent.*modeshift up/),
    });
    await expect(lonely.state()).resolves.toBeUndefined();
    expect(await server.client().exists(redisKeys("nobody").requests)).toBe(0);
    lonely.close();
  });

  test("a watcher waits for the first manager", async () => {
    const early = createModeClient({ connection: server.path, namespace: "early" });
    // The boot's end is told by its result, or by a snapshot that has it in it already.
    const booted = firstValueFrom(
      early
        .watch()
        .pipe(
          filter((update) =>
            update.type === "event" ? update.event.type === "result" : update.state?.mode === "idle",
          ),
        ),
    );
    const later = await startRobot(server, "early");

    await expect(booted).resolves.toBeDefined();
    early.close();
    await later.manager.stop();
  });

  test("a stopped manager is known to be gone", async () => {
    const gone = await startRobot(server, "gone");
    await gone.manager.stop();
    const asker = createModeClient({ connection: server.path, namespace: "gone" });

    const state = await asker.state();
    expect(state?.bus.status).toBe("fault");
    expect(state?.bus.reason).toContain("stopped in good order");
    asker.close();
  });

  test("a server that is not there is told with its address and without the password", async () => {
    const nowhere = createModeClient({
      connection: "redis://me:secret@127.0.0.1:1",
      namespace: "x",
      connectTimeoutMs: 200,
    });

    const error: unknown = await nowhere.state().catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: "BUS_UNAVAILABLE" });
    expect(String(error)).toContain("127.0.0.1:1");
    expect(String(error)).not.toContain("secret");
    await expect(nowhere.requestMode("teleop", { timeoutMs: 200 })).rejects.toMatchObject({
      code: "BUS_UNAVAILABLE",
    });
    nowhere.close();
  });
});
