/** The local door itself, asked with plain HTTP as another program would. */
import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Workshop } from "./workshop.ts";

const workshop = new Workshop();

beforeAll(async () => {
  await workshop.up();
});

afterAll(() => workshop.close());

interface Answer {
  readonly status: number | undefined;
  readonly body: Record<string, unknown>;
}

async function open(method: string, path: string, body?: string): Promise<IncomingMessage> {
  const asking = request({ socketPath: workshop.door(), method, path, agent: false });
  asking.end(body);
  const [response] = (await once(asking, "response")) as [IncomingMessage];
  return response.setEncoding("utf8");
}

async function ask(method: string, path: string, body?: string | object): Promise<Answer> {
  const response = await open(method, path, typeof body === "object" ? JSON.stringify(body) : body);
  let text = "";
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, body: JSON.parse(text) as Record<string, unknown> };
}

/** @yields the lines of a stream, one by one */
async function* lines(response: IncomingMessage): AsyncGenerator<Record<string, unknown>> {
  let rest = "";
  for await (const chunk of response as AsyncIterable<string>) {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) yield JSON.parse(part) as Record<string, unknown>;
  }
}

describe("the door answers in versioned snake_case JSON", () => {
  test("state", async () => {
    const { status, body } = await ask("GET", "/v1/state");

    expect(status).toBe(200);
    expect(body).toMatchObject({
      v: 1,
      state: {
        namespace: "testbot",
        mode: "idle",
        phase: "idle",
        waiting_for: [],
        health: { status: "ok" },
        bus: { status: "connected" },
      },
      supervisor: { kind: "process", observes_exits: true },
      seq: expect.any(Number),
    });
  });

  test("modes and plan", async () => {
    expect((await ask("GET", "/v1/modes")).body).toMatchObject({
      v: 1,
      modes: [{ name: "idle", is_default: true, on_failure: "continue" }, {}, {}, {}, {}, {}, {}, {}],
    });
    expect((await ask("GET", "/v1/plan?mode=teleop")).body).toMatchObject({
      v: 1,
      mode: "teleop",
      start_waves: [["camera", "drive"]],
      refusal: null,
    });
  });

  test("a request, with its result; and accepted when it is not waited for", async () => {
    const done = await ask("POST", "/v1/request", { v: 1, id: "door-1", mode: "teleop", by: "curl" });
    const accepted = await ask("POST", "/v1/request", { v: 1, id: "door-2", mode: "idle", wait: false });

    expect(done).toMatchObject({
      status: 200,
      body: { v: 1, result: { request_id: "door-1", outcome: "changed", current_mode: "teleop" } },
    });
    expect(accepted).toEqual({
      status: 202,
      body: { v: 1, accepted: true, request_id: "door-2", position: 0 },
    });
  });

  test("a request for a mode that does not exist is answered, not refused (I7)", async () => {
    const { status, body } = await ask("POST", "/v1/request", { v: 1, mode: "nope" });

    expect(status).toBe(200);
    expect(body).toMatchObject({
      result: {
        outcome: "rejected",
        reason: { code: "MODE_UNKNOWN" },
        request_id: expect.stringMatching(/^[\w-]+$/),
      },
    });
  });

  test.each([{ ttl: 0 }, { deadline: 1 }])(
    "I11: a request that is too late by %j is answered expired",
    async (time) => {
      const asked = { v: 1, mode: "teleop", ...time };

      expect(await ask("POST", "/v1/request", asked)).toMatchObject({
        status: 200,
        body: { result: { outcome: "expired" } },
      });
    },
  );

  test("history and why's material", async () => {
    const { body } = await ask("GET", "/v1/history?tail=5");

    expect(body["events"]).toHaveLength(5);
  });
});

describe("I16: the event stream", () => {
  test("begins with the whole state and goes on without a gap", async () => {
    const stream = lines(await open("GET", "/v1/events"));
    const first = (await stream.next()).value as { type: string; snapshot: { seq: number } };
    void ask("POST", "/v1/request", { v: 1, id: "stream-1", mode: "teleop" });
    const seqs: number[] = [];
    for await (const line of stream) {
      const { event } = line as { event: { seq: number; type: string; id: string } };
      seqs.push(event.seq);
      if (event.type === "result" && event.id === "stream-1") break;
    }

    expect(first.type).toBe("snapshot");
    expect(seqs).toEqual(seqs.map((_, index) => first.snapshot.seq + 1 + index));
  });

  test("many can watch at once, and leaving harms nobody", async () => {
    const watchers = await Promise.all(Array.from({ length: 20 }, () => open("GET", "/v1/events")));
    for (const watcher of watchers.slice(0, 19)) watcher.destroy();
    const [last] = watchers.slice(19);
    const first = await lines(last ?? (await open("GET", "/v1/events"))).next();

    expect(first.value).toMatchObject({ type: "snapshot" });
  });
});

describe("I13: bad input gets a clear answer", () => {
  test.each([
    ["GET", "/", undefined, 400, "is not known here"],
    ["GET", "/v2/state", undefined, 400, "may be of another version"],
    ["DELETE", "/v1/state", undefined, 400, "is not known here"],
    ["POST", "/v1/request", "{", 400, 'no JSON object with "v": 1'],
    ["POST", "/v1/request", '{"mode":"idle"}', 400, 'no JSON object with "v": 1'],
    ["POST", "/v1/request", '{"v":1}', 400, "'mode' is missing"],
    ["POST", "/v1/request", '{"v":1,"mode":"idle","id":"a b"}', 400, "'id' must be 1 to 128 of"],
    ["POST", "/v1/request", '{"v":1,"mode":"idle","on_busy":"shove"}', 400, "'on_busy'"],
    ["POST", "/v1/request", `{"v":1,"mode":"${"x".repeat(70_000)}"}`, 413, "more than 65536 bytes"],
    ["POST", "/v1/restart", '{"v":1}', 400, "'node' must be"],
    ["POST", "/v1/restart", '{"v":1,"node":"nope"}', 404, "nope"],
    ["POST", "/v1/inspect", '{"v":1,"port":"x"}', 400, "'port' must be"],
    ["GET", "/v1/logs?node=nope", undefined, 404, "nope"],
    ["GET", "/v1/logs?node=clock&tail=x", undefined, 400, "'tail' must be"],
    ["GET", "/v1/plan?mode=nope", undefined, 404, "not found"],
    ["GET", "/v1/plan?mode=%E0%A4%A", undefined, 404, "not found"],
  ])("%s %s %s is %i", async (method, path, body, status, message) => {
    const answer = await ask(method, path, body);

    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ v: 1, error: { message: expect.stringContaining(message) } });
    expect((await ask("GET", "/v1/state")).status).toBe(200);
  });

  test.each([
    "\u0000\u0001garbage\r\n\r\n",
    `GET / HTTP/1.1\r\nX: ${"y".repeat(20_000)}\r\n\r\n`,
    "POST /v1/request HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
  ])("bytes that are no HTTP are turned away (%#)", async (bytes) => {
    const socket = connect(workshop.door());
    let reply = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      reply += chunk;
    });
    socket.on("error", () => undefined).write(bytes);
    await once(socket, "close");

    expect(reply).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect((await ask("GET", "/v1/state")).status).toBe(200);
  });
});
