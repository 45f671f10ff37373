import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import {
  fieldsOfPublish,
  isMalformed,
  maxRequestBytes,
  parseRequest,
} from "../../src/bus/request-message.ts";

const catalogue = defineCatalogue({ defaultMode: "idle", modes: { idle: [], " odd ": [], "{x}": [] } });

describe("a request is read from", () => {
  test("plain fields", () => {
    const fields = {
      mode: "teleop",
      id: "a-1",
      by: "me",
      on_busy: "queue",
      deadline: "1700000000000",
      ttl: "5",
    };
    expect(parseRequest(Object.entries(fields).flat())).toEqual({
      ...{ mode: "teleop", id: "a-1", by: "me", onBusy: "queue", deadline: 1_700_000_000_000, ttlMs: 5 },
    });
  });

  test("JSON in `data`, which wins over plain fields", () => {
    expect(parseRequest(["id", "flat", "mode", "idle", "data", '{"mode":"teleop","ttl":100,"v":1}'])).toEqual(
      {
        ...{ mode: "teleop", id: "flat", ttlMs: 100 },
      },
    );
  });

  test("upstream's message", () => {
    expect(
      parseRequest(["data", '{"mode":"teleop","requested_by":"cli","timestamp":1700000000000}']),
    ).toEqual({
      ...{ mode: "teleop", by: "cli" },
    });
    expect(parseRequest(["mode", "teleop", "requested_by", "cli", "timestamp", "1"])).toEqual({
      mode: "teleop",
      by: "cli",
    });
  });

  test("any mode name that may exist: 64 code points, not UTF-16 units", () => {
    expect(parseRequest(["mode", "🤖".repeat(64)])).toEqual({ mode: "🤖".repeat(64) });
    expect(parseRequest(["mode", "🤖".repeat(65)])).toMatchObject({
      problem: expect.stringContaining("longer than 64"),
    });
    for (const mode of ["__proto__", "toString", "a b", " ", "{", "2"]) {
      expect(parseRequest(["mode", mode])).toEqual({ mode });
    }
  });
});

describe("a malformed request says what is wrong, and keeps a readable id and who asked", () => {
  test.each([
    [[], /'mode' is missing/],
    [["mode", ""], /empty/],
    [["mode", "a\u0000b"], /control/],
    [["mode", "idle", "mode", "safe"], /twice/],
    [["mode", "idle", "id", "has space"], /'id'/],
    [["mode", "idle", "id", "auto-1-1"], /'id'.*the manager's own/],
    [["mode", "idle", "on_busy", "push"], /'push'.*preempt, queue or reject/],
    [["mode", "idle", "deadline", "-1"], /'deadline' is '-1'/],
    [["mode", "idle", "ttl", "1.5"], /'ttl'/],
    [["mode", "idle", "ttl", "9".repeat(40)], /'ttl'/],
    [["mode", "idle", "v", "2"], /'2' is not known/],
    [["data", "{"], /no JSON object/],
    [["data", "[]"], /no JSON object/],
    [["data", "null"], /no JSON object/],
    [["data", '{"mode":{"toString":1}}'], /'mode' is no text/],
    [["data", '{"mode":"idle","on_busy":{"toString":1}}'], /'on_busy' is no text/],
    [["data", '{"mode":"idle","deadline":1e400}'], /'deadline'/],
    [["data", '{"__proto__":{"mode":"idle"}}'], /'mode' is missing/],
    [["mode", "x".repeat(maxRequestBytes)], /bytes/],
  ] as const)("%j", (fields, problem) => {
    expect(parseRequest(fields)).toMatchObject({ problem: expect.stringMatching(problem) });
    const named = parseRequest([...fields, "id", "mine", "by", "ui"]);
    if (!fields.some((text) => text === "id")) expect(named).toMatchObject({ id: "mine", by: "ui" });
  });

  test.each([
    [["by", "one", "by", "another"]],
    [["data", '{"by":{"toString":1},"requested_by":"other"}']],
    [["by", ""]],
  ])("who asked is left out where it cannot be told: %j", (fields) => {
    expect(parseRequest(["v", "2", ...fields])).not.toHaveProperty("by");
  });

  test("nothing of the text can rewrite a terminal or fill a log", () => {
    const parsed = parseRequest(["mode", "idle", "on_busy", `\u001b[2J${"x".repeat(10_000)}`]);
    expect(isMalformed(parsed) && parsed.problem).toMatch(/^'on_busy' is '\ufffd\[2Jx{60}'/);
  });
});

test("I13: whatever the bytes are, the answer is a request or a reason", () => {
  const name = fc.oneof(
    fc.constantFrom("mode", "id", "data", "ttl", "deadline", "on_busy", "v", "by"),
    fc.string({ unit: "binary" }),
  );
  const value = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json(),
    fc.constantFrom("1", "idle", "preempt", "{}"),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value)), (pairs) => {
      const parsed = parseRequest(pairs.flat());
      if (isMalformed(parsed)) expect(parsed.problem).not.toBe("");
      else expect(Array.from(parsed.mode).length).toBeLessThanOrEqual(64);
    }),
  );
});

describe("the text of a PUBLISH", () => {
  test.each([
    ["idle", ["mode", "idle"]],
    [" idle\n", ["mode", "idle"]],
    [" odd ", ["mode", " odd "]],
    ['  {"mode":"idle"}', ["data", '  {"mode":"idle"}']],
    ["{x}", ["data", "{x}"]],
  ])("%j", (text, fields) => {
    expect(fieldsOfPublish(text, catalogue)).toEqual(fields);
  });
});
