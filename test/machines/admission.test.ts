/** What becomes of a request on arrival: the table of refusals, joins, waits and begins. */
import { describe, expect, test } from "vitest";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import { admit, attemptLimit, queueLimit } from "../../src/machines/admission.ts";
import { initialContext, type ModeContext, type Transition } from "../../src/machines/context.ts";
import type { ModeRequest } from "../../src/modes/request.ts";

const catalogue = defineCatalogue({
  defaultMode: "idle",
  modes: {
    idle: [],
    teleop: [],
    autonomous: { nodes: [], from: ["teleop"] },
    safe: { nodes: [], urgent: true },
  },
});

const settled = (current: string): ModeContext => ({ ...initialContext, current });

function going(
  from: string,
  to: string,
  more: Partial<ModeContext> = {},
  cause: Transition["cause"] = "request",
) {
  const transition: Transition = {
    cause,
    request: { requestId: "running", mode: to },
    joined: [],
    from,
    to,
    attempt: 1,
    started: [],
    stopped: [],
    errors: [],
    earlierErrors: 0,
  };
  return { ...settled(from), transition, ...more };
}

function admission(context: ModeContext, request: Partial<ModeRequest> & { mode: string }): string {
  const decided = admit(catalogue, context, { requestId: "r", ...request });
  return decided.kind === "answer"
    ? `${decided.verdict.outcome} ${decided.verdict.reason?.code}`
    : decided.kind;
}

const waiting = Array.from({ length: queueLimit }, (_, n) => ({ requestId: `w${n}`, mode: "idle" }));

describe("I14: refusals", () => {
  test.each([
    ["a mode that does not exist", settled("idle"), { mode: "telepo" }, "rejected MODE_UNKNOWN"],
    [
      "a mode that may not be entered from here",
      settled("idle"),
      { mode: "autonomous" },
      "rejected FROM_REFUSED",
    ],
    ["its own mode again, whatever from says", settled("autonomous"), { mode: "autonomous" }, "begin"],
    [
      "on_busy: reject while something runs",
      going("idle", "teleop"),
      { mode: "idle", onBusy: "reject" },
      "rejected BUSY",
    ],
    ["on_busy: reject while nothing runs", settled("idle"), { mode: "teleop", onBusy: "reject" }, "begin"],
    [
      "anything while shutting down",
      { ...settled("idle"), shuttingDown: true },
      { mode: "safe" },
      "rejected SHUTTING_DOWN",
    ],
    [
      "a request whose deadline has passed",
      settled("idle"),
      { mode: "teleop", expired: true },
      "expired DEADLINE_PASSED",
    ],
    [
      "a request whose deadline has passed since a manager died over it",
      settled("idle"),
      { mode: "teleop", expired: true, attempts: 1 },
      "failed INTERRUPTED",
    ],
    [
      "a request begun three times",
      settled("idle"),
      { mode: "teleop", attempts: attemptLimit },
      "failed GAVE_UP",
    ],
    [
      "a request replaced before it could begin",
      settled("idle"),
      { mode: "teleop", supersededBy: { id: "x", mode: "idle" } },
      "superseded SUPERSEDED",
    ],
    [
      "a waiting place when all are taken",
      going("idle", "teleop", { waiting }),
      { mode: "idle", onBusy: "queue" },
      "rejected QUEUE_FULL",
    ],
  ] as const)("%s", (_, context, request, expected) => {
    expect(admission(context, request)).toBe(expected);
  });

  test("I13: a name of Object.prototype is no mode", () => {
    for (const mode of ["__proto__", "constructor", "toString"]) {
      expect(admission(settled("idle"), { mode })).toBe("rejected MODE_UNKNOWN");
    }
  });

  test("the current mode may be asked for again on the way elsewhere, whatever its `from` says", () => {
    expect(admission(going("autonomous", "idle"), { mode: "autonomous" })).toBe("begin");
  });

  test("from is asked of the mode on the way, too, when the request preempts", () => {
    expect(admission(going("teleop", "idle"), { mode: "autonomous" })).toBe("rejected FROM_REFUSED");
    expect(admission(going("idle", "teleop"), { mode: "autonomous" })).toBe("rejected FROM_REFUSED");
    expect(admission(going("teleop", "autonomous"), { mode: "autonomous" })).toBe("join");
  });
});

describe("I8: preempt, queue, join", () => {
  test("preempting is the default", () => {
    expect(admission(going("idle", "teleop"), { mode: "idle" })).toBe("begin");
  });

  test("a queueing request waits", () => {
    expect(admission(going("idle", "teleop"), { mode: "idle", onBusy: "queue" })).toBe("wait");
  });

  test("a request for the mode being entered joins, under every policy", () => {
    for (const onBusy of ["preempt", "queue", "reject"] as const) {
      expect(admission(going("idle", "teleop"), { mode: "teleop", onBusy })).toBe("join");
    }
  });

  test("a queueing request does not overtake those that wait by joining", () => {
    const context = going("idle", "teleop", { waiting: [{ requestId: "w", mode: "idle" }] });

    expect(admission(context, { mode: "teleop", onBusy: "queue" })).toBe("wait");
    expect(admission(context, { mode: "teleop" })).toBe("join");
  });

  test("nothing joins a rollback: it is not what the request asked for", () => {
    expect(admission(going("teleop", "teleop", {}, "rollback"), { mode: "teleop" })).toBe("begin");
  });
});

describe("I9: urgent modes", () => {
  test.each([
    ["its deadline", { expired: true as const }],
    ["on_busy", { onBusy: "queue" as const }],
  ])("are never refused or delayed for %s", (_, request) => {
    expect(admission(going("idle", "teleop", { waiting }), { mode: "safe", ...request })).toBe("begin");
  });

  test("keep everything else out while they are entered, rollbacks and fallbacks into them included", () => {
    for (const cause of ["request", "boot", "rollback", "fallback", "auto"] as const) {
      expect(admission(going("idle", "safe", {}, cause), { mode: "teleop" })).toBe("rejected URGENT_RUNNING");
    }
  });

  test("keep out what was enqueued before they settled", () => {
    const context = { ...settled("safe"), urgentSettledAt: 100 };

    expect(admission(context, { mode: "teleop", enqueuedAt: 99 })).toBe("rejected URGENT_RUNNING");
    expect(admission(context, { mode: "teleop", enqueuedAt: 100 })).toBe("begin");
    expect(admission(context, { mode: "teleop" })).toBe("begin");
  });
});
