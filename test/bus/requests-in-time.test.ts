/** I11: until when a request may begin, told by the server's clock and handed on by the manager's. */
import { expect, test } from "vitest";
import { requestOf } from "../../src/bus/requests-in-time.ts";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";

const catalogue = defineCatalogue({
  defaultMode: "idle",
  modes: { idle: [], safe: { nodes: [], urgent: true } },
});

/** The server's clock shows a million more than ours. */
const read = (message: object, ageMs: number) =>
  requestOf(
    { mode: "idle", ...message },
    { id: "r", catalogue, enqueuedAt: 1_000_500 - ageMs, serverNow: 1_000_500, now: 500 },
  );

test.each([
  ["none is given and it was read within 30 s", {}, 30_000, undefined],
  ["none is given and nobody has read it for more than 30 s: it has passed", {}, 30_001, 499],
  ["a deadline is given, whatever its age", { deadline: 1_002_000 }, 60_000, 2_000],
  ["a ttl is given: from enqueueing on", { ttlMs: 4_000 }, 1_000, 3_500],
  ["both are given: the deadline", { ttlMs: 4_000, deadline: 1_000_600 }, 1_000, 600],
])("I11: its deadline, when %s", (_, message, ageMs, deadline) => {
  expect(read(message, ageMs).deadline).toBe(deadline);
});

test("I9: an urgent request has no deadline, however old it is and whatever it says", () => {
  expect(read({ mode: "safe", deadline: 1 }, 86_400_000)).not.toHaveProperty("deadline");
});

test("a server whose clock has jumped back makes nothing younger than now", () => {
  expect(read({}, -5_000).enqueuedAt).toBe(500);
});
