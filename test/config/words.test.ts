/** Spelling: suggestions, field names, durations, and command lines turned into lists. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { flowList, splitCommand } from "../../src/config/command-words.ts";
import { orderByNeed } from "../../src/config/cycles.ts";
import { durationMs } from "../../src/config/duration.ts";
import { fieldName, listWords, nearest } from "../../src/config/words.ts";

test.each([
  ["telepo", ["teleop", "idle"], "teleop"],
  ["Idle", ["teleop", "idle"], "idle"],
  ["comand", ["command", "cwd"], "command"],
  ["xyz", ["teleop", "idle"], undefined],
  ["a", ["b", "c"], "b"],
  ["", ["idle"], undefined],
])("the nearest word to '%s'", (word, known, expected) => {
  expect(nearest(word, known)).toBe(expected);
});

test("a field's name is spelt as its author spells", () => {
  expect(fieldName("restart_nodes", "camel")).toBe("restartNodes");
  expect(fieldName("restart_nodes", "snake")).toBe("restart_nodes");
});

test("long lists of words are cut", () => {
  expect(listWords([])).toBe("none");
  expect(listWords(["a", "b"])).toBe("a, b");
  expect(listWords(["a", "b", "c"], 2)).toBe("a, b and 1 more");
});

test.each([
  ["500ms", 500],
  ["10s", 10_000],
  ["1.5m", 90_000],
  ["2h", 7_200_000],
  [250, 250],
  ["10 s", Number.NaN],
  ["s", Number.NaN],
])("%s is %d ms", (written, expected) => {
  expect(durationMs(written)).toBe(expected);
});

describe("a command line as a list", () => {
  test.each([
    ["node a.js --fps 30", ["node", "a.js", "--fps", "30"]],
    [`say "two words" 'it is' a\\ b`, ["say", "two words", "it is", "a b"]],
    [`x --name="a \\"b\\"" ''`, ["x", '--name=a "b"', ""]],
    ["a | b", ["sh", "-c", "a | b"]],
    ["echo $HOME", ["sh", "-c", "echo $HOME"]],
    ["  ", []],
  ])("%s", (line, words) => {
    expect(splitCommand(line)).toEqual(words);
  });

  test("a printed list reads back as the same strings", () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom("30", "true", "-x", "--a=b", "-", "~", "1e3", ".5", "0x1", "a: b"),
    );
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(parse(flowList(words))).toEqual(words);
      }),
    );
  });
});

describe("an order by need", () => {
  test("puts each name after what it needs, and nothing behind a cycle", () => {
    const needs = new Map([
      ["a", ["b"]],
      ["b", []],
      ["c", ["d"]],
      ["d", ["c"]],
      ["e", ["c", "b"]],
    ]);

    expect(orderByNeed(needs)).toEqual({ order: ["b", "a"], cycles: [["c", "d"]] });
  });

  test("is total exactly when there is no cycle", () => {
    const edges = fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 12 });
    fc.assert(
      fc.property(edges, (pairs) => {
        const needs = new Map(Array.from({ length: 8 }, (_, name) => [`${name}`, [] as string[]]));
        for (const [from, to] of pairs) needs.get(`${from}`)?.push(`${to}`);

        const { order, cycles } = orderByNeed(needs);

        for (const [index, name] of order.entries()) {
          for (const need of needs.get(name) ?? []) expect(order.indexOf(need)).toBeLessThan(index);
        }
        expect(order.length === 8).toBe(cycles.length === 0);
        for (const cycle of cycles) {
          for (const [index, name] of cycle.entries()) {
            expect(needs.get(name)).toContain(cycle[(index + 1) % cycle.length]);
          }
        }
      }),
    );
  });
});
