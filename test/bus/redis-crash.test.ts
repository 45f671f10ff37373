import { expect, test } from "vitest";
import { loadUnderCrashes } from "./crash-load.ts";

test("I7: whatever is killed, every request is answered once", { timeout: 60_000 }, async () => {
  const { answers, errors, resultEvents } = await loadUnderCrashes({
    requests: 40,
    managerKills: 2,
    serverKills: 1,
    placeOf: (index) => `fake:${index + 1}`,
  });

  expect(errors).toEqual([]);
  expect(new Set(answers.map(({ requestId }) => requestId)).size).toBe(40);
  expect(resultEvents.size).toBe(40);
  expect([...resultEvents.values()].every((times) => times === 1)).toBe(true);
});
