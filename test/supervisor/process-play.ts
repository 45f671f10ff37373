/** Random play with real processes. */
import { sendSignal } from "../../src/supervisor/signal.ts";
import { processHarness } from "./process-harness.ts";
import { playRandomly, randomNodes, type Step } from "./random-play.ts";

/** Plays them; a process hangs by SIGSTOP. */
export async function playProcesses(sequence: readonly Step[], isolation: "group" | "auto"): Promise<void> {
  const harness = await processHarness(randomNodes, { isolation });
  await playRandomly(sequence, harness, (node) => {
    const pid = harness.supervisor.running().get(node)?.pid;
    if (pid !== undefined) sendSignal(pid, "SIGSTOP");
  });
}
