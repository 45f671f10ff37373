/** Every rule that a run can show, under the name that a violation is reported with. */
import { admission } from "./checks/admission.ts";
import { barrier } from "./checks/barrier.ts";
import { bestEffort } from "./checks/best-effort.ts";
import { blameless } from "./checks/blameless.ts";
import { bootAndShutdown } from "./checks/boot-and-shutdown.ts";
import { conflicts } from "./checks/conflicts.ts";
import { crashes } from "./checks/crashes.ts";
import { deadlines } from "./checks/deadlines.ts";
import { eventNumbers } from "./checks/event-numbers.ts";
import { generations } from "./checks/generations.ts";
import { keptNodes } from "./checks/kept-nodes.ts";
import { longestChain } from "./checks/longest-chain.ts";
import { newestWins } from "./checks/newest-wins.ts";
import { noFaults } from "./checks/no-faults.ts";
import { oneAnswer } from "./checks/one-answer.ts";
import { outcomes } from "./checks/outcomes.ts";
import { plan } from "./checks/plan.ts";
import { timeouts } from "./checks/timeouts.ts";
import { truth } from "./checks/truth.ts";
import { unchanged } from "./checks/unchanged.ts";
import { urgent } from "./checks/urgent.ts";
import type { Check, Story } from "./story.ts";

/** Rule to check. */
export const allChecks: Readonly<Record<string, Check>> = {
  "I1 truth": truth,
  "I2 plan": plan,
  "I3 barrier": barrier,
  "I4 kept nodes": keptNodes,
  "I5 longest chain": longestChain,
  "I6 best effort": bestEffort,
  "I7 one answer": oneAnswer,
  "I8 newest wins": newestWins,
  "I8 blameless": blameless,
  "I8 I9 I14 admission": admission,
  "I9 urgent": urgent,
  "I10 generations": generations,
  "I11 deadlines": deadlines,
  "I12 conflicts": conflicts,
  "I13 no faults": noFaults,
  "I14 outcomes": outcomes,
  "I16 event numbers": eventNumbers,
  "I17 timeouts": timeouts,
  "I18 boot and shutdown": bootAndShutdown,
  "I19 unchanged": unchanged,
  "I20 crashes": crashes,
};

/** What is wrong with a run, each line beginning with the rule. */
export function violations(story: Story): string[] {
  return Object.entries(allChecks).flatMap(([rule, check]) => check(story).map((line) => `${rule}: ${line}`));
}
