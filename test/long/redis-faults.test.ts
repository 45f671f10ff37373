import { afterAll, describe, expect, test } from "vitest";
import { faultKinds } from "../bus/fault-kinds.ts";
import { loadUnder, tableOf, type FaultRow, type Load } from "../bus/fault-load.ts";

const rows: FaultRow[] = [];
const usual: Load = { requests: 600, everyMs: 10, lastsMs: 1_500, times: 20 };
/** Long enough for time-outs, and for the lease to lapse. */
const long: Load = { requests: 1_600, everyMs: 10, lastsMs: 12_000, times: 1 };

const scenes = [
  ...faultKinds.map((kind) => ({ name: kind.name, kind, load: usual })),
  ...faultKinds
    .filter(({ name }) => ["SIGSTOP of the server", "half-open links", "the lease is stolen"].includes(name))
    .map((kind) => ({ name: `${kind.name}, 12 s`, kind, load: long })),
];

describe("I7: under load, no request is lost and none is executed twice", () => {
  test.each(scenes)("$name", { timeout: 120_000 }, async ({ name, kind, load }) => {
    const row = await loadUnder(kind, load);
    rows.push({ ...row, name });

    expect(row).toMatchObject({ lost: 0, twice: 0, losses: [] });
    expect(row.answered + row.refused).toBe(row.sent);
    if (kind.refuses !== true) expect(row.refused).toBe(0);
    // It is over when the fault is.
    expect(row.refused).toBeLessThan(row.sent / 2);
  });
});

afterAll(() => {
  process.stdout.write(`${tableOf(rows)}\n`);
});
