/** One step of a schedule as a line: `request teleop queue within 40ms`, `crash camera SIGSEGV`, `wait 2s`. */
import type { OnBusy } from "../../src/modes/catalogue.ts";
import type { ImmediateStep, RequestStep, ScheduleStep, Trigger } from "../../src/testing/schedule.ts";
import { exitOf, exitText } from "./behaviour-text.ts";
import { duration, durationOf, word, wordsOf } from "./words.ts";

/** The line's step; undefined when it is something else. */
export function stepOf(line: string): ScheduleStep | undefined {
  const [verb = "", ...words] = wordsOf(line);
  if (verb === "wait") return { do: "wait", ms: durationOf(words[0] ?? "") };
  if (verb !== "when") return immediateOf(verb, words);
  const [event = "", next = "", ...rest] = words;
  const then = immediateOf(next, rest);
  if (then === undefined) throw new Error(`'${line}': what is to be done?`);
  return { do: "when", event: event.replace(/:$/, "") as Trigger, then };
}

function immediateOf(verb: string, words: readonly string[]): ImmediateStep | undefined {
  const [name = "", ...rest] = words;
  if (verb === "request") return requestOf(name, rest);
  if (verb === "crash") {
    return { do: "crash", node: name, ...(rest[0] === undefined ? {} : { exit: exitOf(rest[0]) }) };
  }
  if (verb === "restart") return { do: "restart", node: name };
  return verb === "stop" ? { do: "stop" } : undefined;
}

function requestOf(mode: string, words: readonly string[]): RequestStep {
  const policy = words.find((one) => ["preempt", "queue", "reject"].includes(one));
  const within = words.indexOf("within");
  return {
    do: "request",
    door: words.includes("bus") ? "bus" : "library",
    mode,
    ...(policy === undefined ? {} : { onBusy: policy as OnBusy }),
    ...(within < 0 ? {} : { deadlineMs: durationOf(words[within + 1] ?? "") }),
  };
}

/** The inverse of {@link stepOf}. */
export function stepText(step: ScheduleStep): string {
  switch (step.do) {
    case "wait":
      return `wait ${duration(step.ms)}`;
    case "when":
      return `when ${step.event}: ${stepText(step.then)}`;
    case "crash":
      return `crash ${word(step.node)}${step.exit === undefined ? "" : ` ${exitText(step.exit)}`}`;
    case "restart":
      return `restart ${word(step.node)}`;
    case "stop":
      return "stop";
    case "request": {
      const { mode, door, onBusy, deadlineMs } = step;
      const words = ["request", word(mode), onBusy ?? "", door === "bus" ? "by bus" : ""];
      return [...words, deadlineMs === undefined ? "" : `within ${duration(deadlineMs)}`]
        .filter(Boolean)
        .join(" ");
    }
  }
}
