/** Two managers of one robot: the second touches nothing while the first lives, and outbids it when it hangs. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { createLifecycleManager, type ManagerEvent } from "modeshift";
import { createModeClient, redisBus } from "modeshift/redis";
import { fakeSupervisor } from "modeshift/testing";
import { consumerGroup, consumerName, redisKeys } from "../../src/bus/redis-keys.ts";
import { spawnManagerProcess, startManagerProcess } from "../fixtures/redis-manager.ts";
import { startRedisServer, type RedisServer } from "../fixtures/redis-server.ts";
import { redisFarEnd } from "./redis-harness.ts";
import { catalogue, startRobot } from "./robot.ts";

let server: RedisServer;
let count = 0;

beforeAll(async () => {
  server = await startRedisServer();
});
afterAll(() => server.stop());

const namespaceOf = (): string => `standby-${(count += 1)}`;

/** A manager with a state of its own that may stand by, being started. It waits for half a lease that nobody holds. */
function second(namespace: string, leaseMs = 500) {
  const supervisor = fakeSupervisor({ nodes: {}, opened: { epoch: 1 } });
  const bus = redisBus({ connection: server.path, namespace, leaseMs });
  const manager = createLifecycleManager<string, string>({ catalogue, supervisor, bus, standby: true });
  const told: Extract<ManagerEvent, { type: "manager" }>["data"][] = [];
  const standsBy = new Promise<string>((resolve) => {
    manager.events$.subscribe({
      next: ({ type, data }) => {
        if (type !== "manager") return;
        told.push(data);
        if (data.what === "standby") resolve(data.holder);
      },
      error: () => undefined,
    });
  });
  const touched = (): number => supervisor.entries.filter(({ kind }) => kind === "spawned").length;
  return { manager, boot: manager.start(), standsBy, told, touched };
}

describe("a manager of the same robot with another state directory", () => {
  test("stands by without touching a node, says for whom, and follows when the lease is given back", async () => {
    const namespace = namespaceOf();
    const first = await startRobot(server, namespace);
    await expect.poll(() => first.manager.state.bus.status).toBe("connected");
    const next = second(namespace);

    await expect(next.standsBy).resolves.toBe(first.manager.state.holder);
    expect(next.manager.state.phase).toBe("standby");
    expect(next.touched()).toBe(0);
    await first.manager.stop();

    await expect(next.boot).resolves.toMatchObject({ outcome: "changed", currentMode: "idle" });
    expect(next.told.map(({ what }) => what)).toEqual(["standby", "takeover"]);
    await next.manager.stop();
  });

  test("is not let in by a lease that merely vanishes: its holder takes it again", async () => {
    const namespace = namespaceOf();
    const first = await startRobot(server, namespace, { leaseMs: 300 });
    await expect.poll(() => first.manager.state.bus.status).toBe("connected");
    const next = second(namespace, 20_000);
    await next.standsBy;
    const client = server.client();
    const { lease } = redisKeys(namespace);
    for (let time = 0; time < 3; time += 1) {
      await client.flushall();
      await expect.poll(() => client.exists(lease)).toBe(1);
    }

    expect(next.manager.state.phase).toBe("standby");
    expect(next.touched()).toBe(0);
    await Promise.all([next.manager.stop(), expect(next.boot).rejects.toMatchObject({ code: "ABORTED" })]);
    await first.manager.stop();
  });

  test("does not wait for a server that is away", async () => {
    const bus = redisBus({ connection: join(server.folder, "nothing.sock"), namespace: namespaceOf() });
    const rivals = bus.rivals?.();
    const onStandby = vi.fn();

    await rivals?.untilGone({ onStandby, signal: new AbortController().signal });
    await expect(rivals?.isAbandoned("here/1")).resolves.toBe(false);
    expect(onStandby).not.toHaveBeenCalled();
    rivals?.close();
  });
});

describe("a manager that was frozen past its lease", () => {
  test("is outbid by one with the same state directory, and fenced on waking: it starts and signals nothing more", async () => {
    const namespace = namespaceOf();
    const folder = mkdtempSync(join(tmpdir(), "modeshift-frozen-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const frozen = await startManagerProcess(server.path, namespace, folder, 600);
    const client = createModeClient({ connection: server.path, namespace });
    await client.requestMode("teleop");
    frozen.signal("SIGSTOP");
    const next = spawnManagerProcess(server.path, namespace, folder, 600);
    await next.until("manager standby");
    await next.until("up");
    const answer = await client.requestMode("teleop");
    const pids = async (): Promise<unknown[]> =>
      [...((await client.state())?.nodes ?? [])].map(([node, { state, pid }]) => [node, state, pid]);
    const [before, said] = [await pids(), frozen.lines.length];
    frozen.signal("SIGCONT");
    await frozen.until("manager down");

    const afterwards = frozen.lines.slice(said);
    expect(answer.outcome).toBe("changed");
    expect(afterwards).toContain("manager fenced");
    expect(afterwards.filter((line) => /^node .* (starting|stopping)$/.test(line))).toEqual([]);
    expect(await pids()).toEqual(before);
    await expect(client.requestMode("idle")).resolves.toMatchObject({ outcome: "changed" });
    client.close();
    await Promise.all([frozen.kill(), next.kill()]);
  });
});

describe("what another manager has read that no longer may", () => {
  test("I7: an entry in nobody's hands is found and answered", async () => {
    const namespace = namespaceOf();
    const { requests } = redisKeys(namespace);
    const robot = await startRobot(server, namespace, { blockMs: 200 });
    const farEnd = redisFarEnd(server.client(), namespace);
    await farEnd.send({ id: "before", mode: "teleop" });
    await expect.poll(() => farEnd.result("before")).toBeDefined();
    // As one that was fenced just now, and is in front of ours in the line as soon as ours reads anew.
    const swallowed = server
      .client()
      .call("xreadgroup", "GROUP", consumerGroup, consumerName, "BLOCK", 0, "STREAMS", requests, ">");
    const seen = { swallowed: false };
    void swallowed.then(() => (seen.swallowed = true));
    let last = "";
    for (let sent = 0; !seen.swallowed; sent += 1) {
      last = await farEnd.send({ id: `r${sent}`, mode: sent % 2 === 0 ? "idle" : "teleop" });
      await expect.poll(async () => seen.swallowed || (await farEnd.result(last)) !== undefined).toBe(true);
    }

    await expect.poll(() => farEnd.result(last)).toMatchObject({ outcome: "changed", attempt: 1 });
    await expect(server.client().xlen(requests)).resolves.toBe(0);
    await robot.manager.stop();
  });
});
