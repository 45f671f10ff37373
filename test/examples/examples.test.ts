/** Every example does what it says, run as it stands. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { startRedisServer, type RedisServer } from "../fixtures/redis-server.ts";

const home = mkdtempSync(path.join(tmpdir(), "modeshift-examples-"));
let redis: RedisServer;

beforeAll(async () => {
  redis = await startRedisServer({ tcp: true });
  vi.stubEnv("XDG_STATE_HOME", home);
  vi.stubEnv("MODESHIFT_REDIS_URL", `redis://127.0.0.1:${redis.port}`);
});

afterEach(() => {
  vi.restoreAllMocks();
});

afterAll(async () => {
  await redis.stop();
  rmSync(home, { recursive: true, force: true });
});

/** What an example prints, and what it complains about. */
async function run(name: string): Promise<{ out: string[]; err: string[] }> {
  const out = vi.spyOn(console, "log").mockImplementation(() => {});
  const err = vi.spyOn(console, "error").mockImplementation(() => {});
  await import(`../../examples/${name}.ts`);
  return { out: out.mock.calls.map((words) => words.join(" ")), err: err.mock.calls.map(String) };
}

test("01-embed switches two real nodes on and off in twenty lines", async () => {
  expect(await run("01-embed")).toEqual({
    out: ["changed: started camera, drive", "running: camera, drive"],
    err: [],
  });
});

test("02-xstate-system runs a mission on a manager, and leaves the robot alone when it ends", async () => {
  const { out, err } = await run("02-xstate-system");

  expect(out).toEqual(["mode patrol: lidar, drive", "still in patrol"]);
  expect(err).toEqual([]);
});

test("03-redis asks for modes over a real Redis and watches without a gap", async () => {
  const { out, err } = await run("03-redis");

  expect(out[0]).toBe("joined in mode startup");
  expect(out).toContain("event accepted");
  expect(out).toContain("event transition");
  expect(out).toContain("idle: changed");
  expect(out.at(-1)).toMatch(/^rejected: Mode 'flying' not found\. Available modes: startup, idle, /);
  expect(err).toEqual([]);
});

test("04-model-test takes every mode change of the rover, and every fault on the way, without a process", async () => {
  const { out, err } = await run("04-model-test");

  expect(out).toEqual([expect.stringMatching(/^\d{3} walks through 5 modes hold$/)]);
  expect(err).toEqual([]);
});
