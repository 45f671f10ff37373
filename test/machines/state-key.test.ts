/** Mode names as state keys: every odd name, in every pair (DESIGN section 4 and 5). */
import { createActor } from "xstate";
import { describe, expect, test } from "vitest";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import { createModeMachine } from "../../src/machines/mode-machine.ts";
import { stateKey } from "../../src/machines/state-key.ts";

const oddNames = [
  "teleop",
  "2",
  "10",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "a.b",
  ".lead",
  "trail.",
  "#x",
  "#modeshift",
  "a b",
  "*",
  "~",
  "~a",
  "%2e;",
  "ünïcödé",
  "🤖",
  "\\",
  "mode.enter",
  "<script>",
  "'",
  "x".repeat(64),
];

describe("state keys", () => {
  test("a plain name is its own key, so that Stately draws it", () => {
    expect(["teleop", "safe mode", "a-1"].map(stateKey)).toEqual(["teleop", "safe mode", "a-1"]);
  });

  test("every name has a key of its own without what XState addresses by", () => {
    const keys = oddNames.map(stateKey);

    expect(new Set(keys).size).toBe(oddNames.length);
    for (const key of keys) expect(key).not.toMatch(/[.#*\\]/);
  });

  test("every odd mode is entered from every other one, and drawn with its name", () => {
    const catalogue = defineCatalogue({
      defaultMode: "teleop",
      modes: new Map(oddNames.map((name) => [name, []])),
    });
    const actor = createActor(createModeMachine(catalogue)).start();
    let requests = 0;
    for (const from of oddNames) {
      for (const to of oddNames) {
        for (const mode of [from, to]) {
          requests += 1;
          actor.send({ type: "mode.request", mode, requestId: `r${requests}` });
          const snapshot = actor.getSnapshot();
          expect(snapshot.status).toBe("active");
          expect(snapshot.value.mode).toBe(stateKey(mode));
        }
      }
    }
    expect(requests).toBe(2 * oddNames.length ** 2);
  });
});
