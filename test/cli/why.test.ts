/** `why`: the chain of causes behind a node's state or a request's outcome, against a running manager. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Workshop } from "./workshop.ts";

const workshop = new Workshop();

beforeAll(async () => {
  await workshop.up();
});

afterAll(() => workshop.close());

beforeEach(() => workshop.enter("idle"));

test("why a node does not run leads to the dependency that failed and to the request", async () => {
  await workshop.ask("switch", "faulty", "--id", "why-1", "--by", "ui");
  const { code, stdout } = await workshop.run("why", "needy");

  expect(code).toBe(0);
  expect(stdout).toContain("needy does not run");
  expect(stdout).toMatch(
    /└ needy could not start: DEPENDENCY_FAILED.*\n {2}└ broken could not start: NODE_EXITED/,
  );
  expect(stdout).toContain("│ no such device");
  expect(stdout).toContain("request why-1 by ui for mode faulty");
});

test("why a request ended as it did", async () => {
  await workshop.ask("switch", "faulty", "--id", "why-2");
  const { stdout } = await workshop.ask("why", "why-2");

  expect(stdout).toMatch(/^request why-2 by cli for mode faulty at .*: degraded after /);
  expect(stdout).toContain("no such device");
});

test("why of a node that has not run says which modes list it; of a mode or a stranger it exits 3", async () => {
  expect(await workshop.ask("why", "slow")).toEqual({
    code: 0,
    stdout: "slow is stopped\n└ mode idle does not list it, patient does\n",
    stderr: "",
  });
  expect(await workshop.ask("why", "sloww")).toMatchObject({
    code: 3,
    stderr: expect.stringContaining("modeshift why slow\n"),
  });
  expect(await workshop.ask("why", "patient")).toMatchObject({
    code: 3,
    stderr: expect.stringContaining(
      "Next: modeshift plan patient shows what a switch to that mode would do\n",
    ),
  });
  expect(await workshop.ask("why", "nobody")).toMatchObject({ code: 3 });
});

test("why --json is a tree of causes", async () => {
  const { stdout } = await workshop.ask("why", "clock", "--json");

  expect(JSON.parse(stdout)).toMatchObject({
    v: 1,
    subject: "clock",
    cause: { text: expect.stringContaining("clock is ready"), because: [{ because: [{}] }] },
  });
});
