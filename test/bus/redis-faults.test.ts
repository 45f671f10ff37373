import { afterAll, describe, expect, test } from "vitest";
import { faultKinds } from "./fault-kinds.ts";
import { loadUnder, tableOf, type FaultRow } from "./fault-load.ts";

const rows: FaultRow[] = [];

// Each has its own server and hardly uses the processor: side by side they take as long as the slowest.
describe.concurrent("I7: under load, no request is lost and none is executed twice", () => {
  test.each(faultKinds)("$name", { timeout: 60_000 }, async (kind) => {
    const row = await loadUnder(kind, { requests: 60, everyMs: 15, lastsMs: 400, times: 4 });
    rows.push(row);

    expect(row).toMatchObject({ lost: 0, twice: 0, losses: [] });
    expect(row.answered + row.refused).toBe(row.sent);
    if (kind.refuses !== true) expect(row.refused).toBe(0);
  });
});

afterAll(() => {
  process.stdout.write(`${tableOf(rows)}\n`);
});
