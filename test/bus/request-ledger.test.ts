import { describe, expect, test } from "vitest";
import { compareEntries, enqueuedAt, RequestLedger } from "../../src/bus/request-ledger.ts";

describe("the ledger", () => {
  test("keeps every entry of a request until its answer is written", () => {
    const ledger = new RequestLedger();
    ledger.add("r", "teleop", "1-0");
    ledger.add("r", "teleop", "2-0");

    expect(ledger.entriesOf("r")).toEqual(["1-0", "2-0"]);
    expect(ledger.holdsEntry("2-0")).toBe(true);
    expect(ledger.forget("r", ["1-0"])).toEqual(["2-0"]);
    expect(ledger.holdsEntry("2-0")).toBe(false);
    expect(ledger.modeOf("r")).toBeUndefined();
  });

  test("lets go of a request that was repeated a hundred thousand times without counting them for minutes", () => {
    const ledger = new RequestLedger();
    const entries = Array.from({ length: 100_000 }, (_, index) => `${index}-0`);
    for (const entry of entries) ledger.add("r", "teleop", entry);

    expect(ledger.forget("r", entries)).toEqual([]);
  });

  test("remembers what began last, and marks only what is in the stream", () => {
    const ledger = new RequestLedger();
    ledger.add("r", "teleop", "5-0");
    expect(ledger.markOf("r")).toBeUndefined();
    expect(ledger.begin("r", 2)).toBe("running:2:5-0");
    expect(ledger.begun).toEqual({ entry: "5-0", id: "r", mode: "teleop" });
    expect(ledger.markOf("r")).toBe("running:2:5-0");

    ledger.accept("local", "idle", 9);
    expect(ledger.begin("local", 1)).toBeUndefined();
    expect(compareEntries("9-7", ledger.begun?.entry ?? "")).toBe(-1);
    expect(compareEntries("10-0", ledger.begun?.entry ?? "")).toBe(1);
    expect(ledger.begin("boot", 1)).toBeUndefined();
  });
});

test("entries are ordered by age, beyond what a double can tell apart", () => {
  expect(compareEntries("1-0", "1-0")).toBe(0);
  expect(compareEntries("9-0", "10-0")).toBe(-1);
  expect(compareEntries("18446744073709551615-1", "18446744073709551614-2")).toBe(1);
  expect(compareEntries("5-18446744073709551615", "5-18446744073709551614")).toBe(1);
  expect(compareEntries("nonsense", "1-0")).toBe(-1);
  expect(enqueuedAt("1700000000000-3")).toBe(1_700_000_000_000);
});
