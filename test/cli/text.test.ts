import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { commands } from "../../src/cli/command-table.ts";
import { exitCodeOfError, exitCodeOfOutcome, exitCodes } from "../../src/cli/exit-codes.ts";
import { reportOf } from "../../src/cli/fault.ts";
import { broken, cut, duration, listed, pad, tame, widthOf } from "../../src/cli/width.ts";

describe("columns", () => {
  test.each([
    ["teleop", 6],
    ["\u001b[31mred\u001b[39m", 3],
    ["カメラ", 6],
    ["🤖x", 3],
    ["e\u0301", 1],
    ["", 0],
  ])("%j takes %i", (text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  test("cutting and padding keep to the width", () => {
    expect(cut("autonomous", 6)).toBe("auton…");
    expect(widthOf(cut("カメラカメラ", 6))).toBeLessThanOrEqual(6);
    expect(pad("カ", 4)).toBe("カ  ");
  });

  test("a line is broken between words, and a list between names", () => {
    expect(broken("  drive could not start", { breakAt: 14 })).toEqual(["  drive could", "    not start"]);
    expect(broken("\u001b[2m  deep down\u001b[22m", { breakAt: 8 })).toEqual([
      "\u001b[2m  deep",
      "    down\u001b[22m",
    ]);
    const names = ["front camera", "a", "rear camera"];
    const narrow = { breakAt: 20 };
    expect(listed("keep ", names, narrow, { hang: 6 })).toBe("keep  front camera,\n      a, rear camera");
    expect(listed("keep ", names, { breakAt: Infinity })).toBe("keep  front camera, a, rear camera");
    expect(listed("stopped", names, narrow, { most: 1 })).toBe("stopped front\u0020camera\n  and 2 more");
    expect(broken("\u001b[2m  /a/long/path · end\u001b[22m", { breakAt: 8 })).toEqual([
      "\u001b[2m  /a/long/path ·",
      "    end\u001b[22m",
    ]);
    expect(broken("a-name-that-is-longer-than-that", { breakAt: 10 })).toEqual([
      "a-name-that-is-longer-than-that",
    ]);
  });

  test("foreign text cannot move the cursor", () => {
    expect(tame("\u001b[2J\u001b]0;title\u0007a\tb\rc\u0008")).toBe("a    b\ufffdc\ufffd");
  });
});

test.each([
  [0, "0 ms"],
  [999.4, "999 ms"],
  [1234, "1.23 s"],
  [12_345, "12.3 s"],
  [185_000, "3 m 5 s"],
  [7_440_000, "2 h 4 m"],
  [439_200_000, "5 d 2 h"],
])("%i ms is %s", (ms, text) => {
  expect(duration(ms)).toBe(text);
});

describe("exit codes", () => {
  test("I14: every outcome has its own", () => {
    const outcomes = [
      "changed",
      "unchanged",
      "degraded",
      "rolled_back",
      "fell_back",
      "failed",
      "superseded",
      "expired",
      "rejected",
    ] as const;

    expect(outcomes.map(exitCodeOfOutcome)).toEqual([0, 0, 1, 1, 1, 1, 2, 2, 3]);
  });

  test("an error that is none of ours is a fault in modeshift, and says so", () => {
    expect(exitCodeOfError("EPIPE")).toBe(exitCodes.internal);
    expect(reportOf(new TypeError("x is not a function"))).toMatchObject({
      code: "INTERNAL",
      exitCode: 70,
      next: expect.stringContaining("report"),
    });
    expect(reportOf("thrown text")).toMatchObject({ message: "thrown text" });
  });

  test("each has a row in the reference", () => {
    const page = readFileSync("docs/reference/exit-codes.md", "utf8");

    for (const code of Object.values(exitCodes)) expect(page).toMatch(new RegExp(`^\\| ${code} +\\|`, "m"));
  });
});

test("each command and each of its options has its place in the reference", () => {
  const page = readFileSync("docs/reference/cli.md", "utf8");

  for (const { name, options = [] } of commands) {
    expect(page).toContain(`\n## ${name}\n`);
    const section = page.split(`\n## ${name}\n`)[1]?.split("\n## ")[0] ?? "";
    for (const [flags] of options) expect(section).toContain(`\`${flags}\``);
  }
});
