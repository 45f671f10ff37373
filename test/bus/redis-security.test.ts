import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { firstValueFrom } from "rxjs";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createModeClient } from "modeshift/redis";
import { redisEndpoint } from "../../src/bus/redis-connection.ts";
import { redisKeys } from "../../src/bus/redis-keys.ts";
import { startRedisServer, type RedisServer } from "../fixtures/redis-server.ts";
import { rights, rightsTable, users, type User } from "./redis-rights.ts";
import { startRobot, type Robot } from "./robot.ts";

const shipped = readFileSync(join(import.meta.dirname, "../../docs/reference/redis-users.acl"), "utf8");
const keys = redisKeys("rover-1");
// DEBUG is switched off before anybody is asked for his rights.
const refusal = /NOPERM|command not allowed|ACL failure|has no permissions|can't (access|run)/;
const passwords: Readonly<Record<User, string>> = {
  manager: "change-me-1",
  requester: "change-me-2",
  watcher: "change-me-3",
  publisher: "change-me-4",
};

describe("the users of docs/reference/redis-users.acl", () => {
  let server: RedisServer;
  let folder: string;
  let robot: Robot;
  const clients = new Map<User, Redis>();

  const access = (user: User) => ({
    connection: { path: server.path, username: `rover-1-${user}`, password: passwords[user] },
    namespace: "rover-1",
  });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "modeshift-acl-"));
    const file = join(folder, "users.acl");
    writeFileSync(file, shipped);
    server = await startRedisServer({ args: ["--aclfile", file] });
    robot = await startRobot(server, "rover-1", access("manager"));
    for (const user of users) {
      const client = new Redis({
        ...access(user).connection,
        maxRetriesPerRequest: 0,
        disableClientInfo: true,
      });
      client.on("error", () => {});
      await client.ping();
      clients.set(user, client);
    }
  });
  afterAll(async () => {
    for (const client of clients.values()) client.disconnect();
    await robot.manager.stop();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  /** `XADD key * mode idle` as a user. */
  const run = async (user: User, command: string): Promise<string> => {
    const [name = "", ...args] = command.split(" ");
    const reply = await clients
      .get(user)
      ?.call(name, ...args)
      .catch((error: unknown) => String(error));
    return String(reply);
  };

  test("the manager's may do all that a manager does", async () => {
    await expect.poll(() => robot.manager.state.bus).toMatchObject({ status: "connected" });
    const client = createModeClient(access("requester"));
    for (const mode of ["teleop", "safe", "idle"]) {
      await expect(client.requestMode(mode)).resolves.toMatchObject({ currentMode: mode });
    }
    client.close();
  });

  test("the requester's may ask, look and watch", async () => {
    const client = createModeClient(access("requester"));
    await expect(client.requestMode("teleop", { id: "asked" })).resolves.toMatchObject({ ok: true });
    await expect(client.result("asked")).resolves.toBeDefined();
    await expect(client.state()).resolves.toMatchObject({ mode: "teleop" });
    client.close();
  });

  test("the watcher's may look and watch, but not ask", async () => {
    const client = createModeClient(access("watcher"));
    await expect(client.state()).resolves.toBeDefined();
    await expect(client.catalogue()).resolves.toBeDefined();
    await expect(client.history(10)).resolves.not.toHaveLength(0);
    await expect(firstValueFrom(client.watch())).resolves.toMatchObject({ type: "snapshot" });
    await expect(client.requestMode("teleop")).rejects.toMatchObject({ code: "BUS_REFUSED" });
    client.close();
  });

  test("the publisher's may publish a request and nothing else", async () => {
    await expect(run("publisher", `PUBLISH ${keys.requestChannel} safe`)).resolves.toBe("1");
    await expect.poll(() => robot.manager.currentMode).toBe("safe");
  });

  test("an entry that its sender forbade to be found is taken care of: a crazy id, a trimmed stream", async () => {
    await run("requester", `XADD ${keys.requests} 18446744073709551615-1 mode idle id crazy`);
    await run("requester", `XADD ${keys.requests} MAXLEN 0 * mode idle`);
    const client = createModeClient(access("requester"));
    await expect(client.requestMode("idle")).resolves.toMatchObject({ currentMode: "idle" });
    client.close();
  });

  test("the table in the docs is this one", () => {
    const page = readFileSync(join(import.meta.dirname, "../../docs/how-to/redis-security.md"), "utf8");

    expect(page).toContain(rightsTable());
  });

  const cells = rights.flatMap(({ action, may, commands }) =>
    users.map((user) => [user, may.includes(user) ? "may" : "may not", action, commands] as const),
  );
  test.each(cells)("%s %s %s", async (user, verb, _, commands) => {
    const refused: string[] = [];
    const answers = await Promise.all(commands.map((command) => run(user, command)));
    for (const [index, answer] of answers.entries()) {
      if (refusal.test(answer)) refused.push(commands[index] ?? "");
    }

    expect(refused).toEqual(verb === "may" ? [] : commands);
  });

  test("what MULTI gathers is refused as it would be alone", async () => {
    const forged = clients.get("requester")?.multi().set(keys.result("x"), "{}").get(keys.lease).exec();

    await expect(forged).rejects.toThrow(/EXECABORT/);
  });

  test("nobody comes in without a name", async () => {
    const nobody = new Redis({ path: server.path, maxRetriesPerRequest: 0, disableClientInfo: true });
    nobody.on("error", () => {});
    await expect(nobody.ping()).rejects.toThrow(/NOAUTH|WRONGPASS|Authentication/);
    nobody.disconnect();
  });
});

describe("TLS", () => {
  let folder: string;
  let server: RedisServer;
  const at = (name: string): string => join(folder, name);
  const read = (name: string): Buffer => readFileSync(at(name));

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "modeshift-tls-"));
    makeCertificates(folder);
    const port = ["--port", "0", "--tls-port"];
    const files = [
      "--tls-cert-file",
      at("server.crt"),
      "--tls-key-file",
      at("server.key"),
      "--tls-ca-cert-file",
      at("ca.crt"),
    ];
    server = await startRedisServer({ tcp: true, args: [...port, "PORT", ...files] });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  let count = 0;
  const statusWith = async (connection: string, tls?: object) => {
    const options = tls === undefined ? { connection } : { connection, tls };
    const robot = await startRobot(server, `tls-${(count += 1)}`, options);
    await expect
      .poll(() => robot.manager.state.bus.reason ?? robot.manager.state.bus.status)
      .not.toBe("connecting");
    const { bus } = robot.manager.state;
    // A server that does not let us in takes nothing over.
    await robot.bus.close({ timeoutMs: 1 });
    await robot.manager.stop();
    return bus;
  };

  test("with the authority and a certificate of its own the manager is connected", async () => {
    const tls = { ca: read("ca.crt"), cert: read("client.crt"), key: read("client.key") };
    await expect(statusWith(`rediss://localhost:${server.port}`, tls)).resolves.toEqual({
      status: "connected",
    });
  });

  test("a connection that fails twice over ends nothing but itself", async () => {
    const tls = { ca: read("ca.crt"), cert: read("client.crt"), key: read("client.key") };
    const endpoint = redisEndpoint({ connection: `rediss://localhost:${server.port}`, tls }, "tls-twice");
    const client = endpoint.connect("test");
    onTestFinished(() => client.disconnect());
    await once(client, "ready");
    const told: string[] = [];
    client.on("error", ({ message }) => told.push(message));
    // As node does for two alerts on an established connection.
    client.stream.emit("error", new Error("the first"));
    client.stream.emit("error", new Error("the second"));

    expect(told).toEqual(["the first"]);
    await expect(client.ping()).resolves.toBe("PONG");
  });

  test("nor does one that fails twice over amid its handshake", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as AddressInfo;
    const client = redisEndpoint({ connection: `rediss://127.0.0.1:${port}` }, "tls-handshake").connect(
      "test",
    );
    onTestFinished(() => client.disconnect());
    const told: string[] = [];
    client.on("error", ({ message }) => told.push(message));
    const [socket] = (await once(silent, "connection")) as [Socket];
    client.stream.emit("error", new Error("the first"));
    client.stream.emit("error", new Error("the second"));
    socket.destroy();

    expect(told).toEqual(["the first"]);
  });

  test("what does not fit is told, and nothing hangs", async () => {
    const own = { cert: read("client.crt"), key: read("client.key") };
    const secure = `rediss://localhost:${server.port}`;
    const [unknown, other, anonymous, misnamed, plain] = await Promise.all([
      statusWith(secure, own),
      statusWith(secure, { ...own, ca: read("other.crt") }),
      statusWith(secure, { ca: read("ca.crt") }),
      statusWith(secure, { ...own, ca: read("ca.crt"), servername: "elsewhere" }),
      statusWith(`redis://localhost:${server.port}`),
    ]);

    expect(unknown.reason).toMatch(/certificate/);
    expect(other.reason).toMatch(/certificate/);
    expect(misnamed.reason).toMatch(/altnames|does not match/);
    for (const { status } of [unknown, other, anonymous, misnamed, plain]) expect(status).toBe("connecting");
  });
});

/** A certificate authority, a server's and a client's certificate, and another authority; good for a day. */
function makeCertificates(folder: string): void {
  const openssl = (...args: string[]): void => {
    const { status, stderr } = spawnSync("openssl", args, { cwd: folder, encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
  };
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  for (const name of ["ca", "other"]) {
    openssl(
      "req",
      "-x509",
      ...curve,
      "-days",
      "1",
      "-subj",
      `/CN=${name}`,
      "-keyout",
      `${name}.key`,
      "-out",
      `${name}.crt`,
    );
  }
  writeFileSync(join(folder, "names"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  for (const name of ["server", "client"]) {
    openssl("req", ...curve, "-subj", `/CN=${name}`, "-keyout", `${name}.key`, "-out", `${name}.csr`);
    const sign = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "1", "-extfile", "names"];
    openssl("x509", "-req", "-in", `${name}.csr`, ...sign, "-out", `${name}.crt`);
  }
}
