/**
 * The public interface is in git: a change of it shows as a change of docs/reference/api, and needs a changeset.
 *
 * `npm run api` writes the pages anew.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { reportOf, type DoorReport } from "./api-extractor.ts";

const root = path.resolve(import.meta.dirname, "../..");

/**
 * Named in signatures, and nobody's to build on: what the mode machine and its executor say to each other, and parts
 * of types that have a name. `Inspect_2` is `Inspect` under the supervisor's roof.
 */
const internal = new Set([
  "ExecutorCommand",
  "ExecutorEvent",
  "Inspect_2",
  "InternalEvent",
  "ManagerToMachineEvent",
  "NumberedPlan",
  "ResultFields",
  "Transition",
]);

const doors = Object.entries(packageJson.exports)
  .flatMap(([door, target]) => (typeof target === "object" ? [{ door, target }] : []))
  .filter(({ target }) => existsSync(path.join(root, target["modeshift-source"])))
  .map(({ door, target }) => ({ name: door === "." ? "index" : door.slice(2), declarations: target.types }));

let reports: ReadonlyMap<string, DoorReport>;

beforeAll(() => {
  reports = new Map(doors.map(({ name, declarations }) => [name, reportOf(name, declarations)]));
}, 120_000);

describe("the public interface", () => {
  test.each(doors)("of the door $name is what its page says", async ({ name }) => {
    const report = reports.get(name);

    await expect(report?.text).toMatchFileSnapshot(`../../docs/reference/api/${report?.file}`);
  });

  test("every type that a signature mentions can be imported from some door", () => {
    const all = [...reports.values()];
    const exported = new Set(
      all.flatMap(({ text }) =>
        [...text.matchAll(/^export (?:declare )?(?:const|function|class|interface|type) (\w+)/gm)].map(
          (match) => match[1],
        ),
      ),
    );

    const unnamed = all.flatMap(({ forgotten }) => forgotten).filter((name) => !exported.has(name));

    expect(new Set(unnamed)).toEqual(internal);
  });
});
