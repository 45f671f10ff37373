/** A catalogue that is changed while its manager runs: whoever looks for the change is told where it is. */
import { afterAll, expect, test } from "vitest";
import { Workshop } from "./workshop.ts";

const catalogue = "default_mode: idle\nmodes:\n  idle: []\n";
const workshop = new Workshop({ catalogue });

afterAll(() => workshop.close());

test("status, and a switch to a mode that is new in the file, say that the manager has not read it", async () => {
  await workshop.up(["-n", "testbot"]);
  const before = await workshop.ask("status", "-n", "testbot");
  workshop.write("modeshift.yaml", `${catalogue}  extra: []\n`);

  expect(before.stdout).not.toContain("changed since");
  const warning =
    "modeshift.yaml has been changed since this manager read it: modeshift -n testbot check, modeshift -n testbot down, then modeshift -n testbot up.\n";
  expect((await workshop.ask("status", "-n", "testbot")).stdout).toContain(warning);
  expect((await workshop.ask("switch", "extra", "-n", "testbot")).stdout).toContain(warning);
  expect((await workshop.ask("switch", "idle", "-n", "testbot")).stdout).not.toContain(warning);
});
