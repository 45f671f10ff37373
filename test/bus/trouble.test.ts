/** What is told of a server's or a connection's error: its kind, the remedy, and nothing of our client's insides. */
import { expect, test } from "vitest";
import { healthOfError, redisCode } from "../../src/bus/redis-trouble.ts";

const here = "127.0.0.1:6379";

test.each([
  ["OOM command not allowed when used memory > 'maxmemory'.", "OOM"],
  ["ERR unknown command", "ERR"],
  ["READONLY You can't write against a read only replica.", "READONLY"],
  ["connect ECONNREFUSED 127.0.0.1:6379", ""],
  ["Connection is closed.", ""],
])("%s has the code %j", (message, code) => {
  expect(redisCode(new Error(message))).toBe(code);
});

test("a server out of memory is a fault with its remedy", () => {
  const error = new Error("OOM command not allowed when used memory > 'maxmemory'.");

  expect(healthOfError(error, here)).toMatchObject({
    status: "fault",
    reason: expect.stringContaining("raise maxmemory"),
  });
});

test.each([
  'Reached the max retries per request limit (which is 0). Refer to "maxRetriesPerRequest" option for details.',
  "Stream isn't writeable and enableOfflineQueue options is false",
  "the connection was lost",
])("%s: the connection was lost", (message) => {
  expect(healthOfError(new Error(message), here)).toEqual({
    status: "connecting",
    reason: `No connection to Redis at ${here} (the connection was lost); trying again.`,
  });
});
