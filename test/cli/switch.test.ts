import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { steady, Workshop, type Running } from "./workshop.ts";

const workshop = new Workshop();
let manager: Running;

beforeAll(async () => {
  manager = await workshop.up();
});

afterAll(() => workshop.close());

beforeEach(() => workshop.enter("idle"));

describe("switch", () => {
  test("waits for the result and prints a line per node when piped", async () => {
    const { code, stdout, stderr } = await workshop.ask("switch", "teleop");

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    // In the order in which they were ready.
    expect(steady(stdout)).toMatch(/✓ teleop changed in T\n {2}started (drive, camera|camera, drive)\n/);
    expect(steady(stdout)).toMatch(/T  camera starting\n/);
    expect(stdout).not.toContain("\u001b");
  });

  test("exits 0 when nothing had to be done", async () => {
    const { code, stdout } = await workshop.ask("switch", "idle");

    expect(code).toBe(0);
    expect(steady(stdout)).toBe("✓ idle unchanged: nothing had to be done in T\n");
  });

  test("prints the result alone as JSON with --json", async () => {
    const { code, stdout, stderr } = await workshop.run(
      "switch",
      "teleop",
      "--json",
      "--by",
      "test",
      "--id",
      "my-1",
    );

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({
      v: 1,
      request_id: "my-1",
      outcome: "changed",
      ok: true,
      requested_mode: "teleop",
      previous_mode: "idle",
      current_mode: "teleop",
      nodes_stopped: [],
      errors: [],
      attempt: 1,
    });
  });

  test("exits 1 when a node failed, names it, shows its last words and what to do next", async () => {
    const { code, stdout } = await workshop.ask("switch", "faulty");

    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ faulty degraded in .*; the mode is faulty/);
    expect(stdout).toContain("broken start: NODE_EXITED");
    expect(stdout).toContain("no such device");
    expect(stdout).toContain("needy start: DEPENDENCY_FAILED");
    expect(stdout).toContain("Next: modeshift why broken");
  });

  test("exits 1 when the mode was rolled back", async () => {
    const { code, stdout } = await workshop.ask("switch", "careful");

    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ careful rolled back in .*; the mode is idle/);
  });

  test("a command that does not exist is that node's error ENOENT, and the others run", async () => {
    const { code, stdout } = await workshop.ask("switch", "haunted", "--json");
    const result = JSON.parse(stdout) as { outcome: string; errors: object[] };

    expect(code).toBe(1);
    expect(result).toMatchObject({ outcome: "degraded", current_mode: "haunted" });
    expect(result.errors).toMatchObject([{ node: "ghost", phase: "start", code: "ENOENT" }]);
  });

  test("exits 2 when --timeout is over, and the request goes on", async () => {
    const { code, stderr } = await workshop.run("switch", "patient", "--timeout", "1s", "--id", "late-1");
    const status = await workshop.ask("status", "--json");

    expect(code).toBe(2);
    expect(stderr).toContain("Mode 'patient' was not reached within 1000 ms; request late-1 goes on.");
    expect(stderr).toContain("Next: modeshift status");
    expect(JSON.parse(status.stdout)).toMatchObject({ state: { target: "patient", request: "late-1" } });
  });

  test("does not say that a request goes on which a hung manager was never sent", async () => {
    process.kill(manager.child.pid ?? 0, "SIGSTOP");
    onTestFinished(() => void process.kill(manager.child.pid ?? 0, "SIGCONT"));
    const { code, stderr } = await workshop.ask("switch", "teleop", "--timeout", "300ms");

    expect(code).toBe(2);
    expect(stderr).toContain(
      "The manager did not answer within 300 ms: mode 'teleop' has not been asked for.",
    );
    expect(stderr).toContain("Next: modeshift status shows whether it answers at all");
  });

  test("exits 2 when another request takes its place", async () => {
    const waiting = workshop.start(["switch", "patient"]);
    await waiting.until("slow starting");
    await workshop.ask("switch", "idle");
    const { code, stdout } = await waiting.ended;

    expect(code).toBe(2);
    expect(stdout).toMatch(/✗ patient superseded/);
  });

  test("exits 3 for an unknown mode, with the modes there are and the nearest one", async () => {
    const { code, stdout } = await workshop.run("switch", "telepo");

    expect(code).toBe(3);
    expect(stdout).toBe(
      [
        "✗ telepo rejected; the mode is idle",
        "  Mode 'telepo' not found. Available modes: idle, teleop, autonomous, faulty, careful, haunted, patient, safe",
        "Next: did you mean 'teleop'? modeshift switch teleop",
        "",
      ].join("\n"),
    );
  });

  test("exits 3 for a mode that may not be entered from here", async () => {
    const { code, stdout } = await workshop.ask("switch", "autonomous");

    expect(code).toBe(3);
    expect(stdout).toContain("may be entered only from: teleop");
    expect(stdout).toContain("Next: modeshift modes");
  });

  test("exits 3 when the robot is busy and --on-busy reject was given", async () => {
    await workshop.ask("switch", "patient", "--no-wait");
    const { code, stdout } = await workshop.ask("switch", "teleop", "--on-busy", "reject");

    expect(code).toBe(3);
    expect(stdout).toContain("--on-busy queue waits for it");
  });

  test("--no-wait returns as soon as it is accepted", async () => {
    const { code, stdout } = await workshop.run("switch", "patient", "--no-wait", "--json");

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      v: 1,
      accepted: true,
      position: 0,
      request_id: expect.stringMatching(/^cli-/),
    });
  });

  test.each(["SIGINT", "SIGTERM"] as const)(
    "%s ends the wait with 130, not the transition",
    async (signal) => {
      const waiting = workshop.start(["switch", "patient", "--id", `cut-${signal}`]);
      await waiting.until("slow starting");
      waiting.child.kill(signal);
      const { code, stderr } = await waiting.ended;
      const status = await workshop.ask("status", "--json");

      expect(code).toBe(130);
      expect(stderr).toContain(`request cut-${signal} goes on`);
      expect(JSON.parse(status.stdout)).toMatchObject({ state: { target: "patient" } });
    },
  );

  test("the same id is answered again, not executed again", async () => {
    const first = await workshop.ask("switch", "teleop", "--id", "twice-1", "--json");
    await workshop.ask("switch", "idle");
    const second = await workshop.ask("switch", "teleop", "--id", "twice-1", "--json");
    const { stdout } = await workshop.ask("status", "--json");

    expect(second.stdout).toBe(first.stdout);
    expect(JSON.parse(stdout)).toMatchObject({ state: { mode: "idle" } });
  });
});
