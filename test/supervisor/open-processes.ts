/**
 * An open process supervisor for one test, with nodes described in a line each; closed and removed afterwards.
 */
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { bareNode } from "../../src/modes/bare-node.ts";
import type { NodeSpec } from "../../src/modes/catalogue.ts";
import { processSupervisor, type ProcessSupervisorOptions } from "../../src/supervisor/process-supervisor.ts";
import type {
  Supervisor,
  SupervisorContext,
  SupervisorEvent,
  SupervisorOpened,
} from "../../src/supervisor/supervisor.ts";
import { scratchDirectory } from "./process-harness.ts";

/** What a test says of a node; everything else has defaults. */
export type NodeSketch = Partial<NodeSpec> & { readonly command: readonly [string, ...string[]] };

/** An open supervisor and what it lives in. */
export interface OpenProcesses {
  readonly supervisor: Supervisor;
  readonly opened: SupervisorOpened;
  readonly events: readonly SupervisorEvent[];
  readonly directory: string;
  readonly stateDir: string;
  /** Resolves at the first event, past or future, for which it holds. */
  event(holds: (event: SupervisorEvent) => boolean): Promise<SupervisorEvent>;
}

/** argv for a shell script. */
export function shell(script: string): readonly [string, ...string[]] {
  return ["/bin/sh", "-c", script];
}

/** Sketches made whole. */
export function specsOf(nodes: Readonly<Record<string, NodeSketch>>): ReadonlyMap<string, NodeSpec> {
  return new Map(
    Object.entries(nodes).map(([name, sketch]) => [
      name,
      bareNode(name, {
        killTimeoutMs: 5_000,
        restart: { policy: "never", max: 3, windowMs: 60_000, backoffMs: 20, maxBackoffMs: 100 },
        ...sketch,
      }),
    ]),
  );
}

/** Opens a supervisor in a directory of its own, or in `directory`. */
export async function openProcesses(
  nodes: Readonly<Record<string, NodeSketch>>,
  options: ProcessSupervisorOptions & { readonly directory?: string } = {},
  context: Partial<SupervisorContext> = {},
): Promise<OpenProcesses> {
  const scratch = scratchDirectory();
  const { directory = scratch.path, ...rest } = options;
  const stateDir = rest.stateDir ?? join(directory, "state");
  const supervisor = processSupervisor({ stateDir, ...rest });
  const events: SupervisorEvent[] = [];
  supervisor.events$.subscribe((event) => {
    events.push(event);
  });
  onTestFinished(async () => {
    await supervisor.close();
    scratch.remove();
  });
  const opened = await supervisor.open(specsOf(nodes), {
    namespace: "test",
    clock: systemClock,
    waitForLock: false,
    ...context,
  });
  const event = (holds: (event: SupervisorEvent) => boolean): Promise<SupervisorEvent> => {
    const past = events.find(holds);
    if (past !== undefined) return Promise.resolve(past);
    return new Promise((resolve) => {
      const subscription = supervisor.events$.subscribe((next) => {
        if (!holds(next)) return;
        subscription.unsubscribe();
        resolve(next);
      });
    });
  };
  return { supervisor, opened, events, directory, stateDir, event };
}

/** The rejection of a promise; fails when there is none. */
export async function rejection(promise: Promise<unknown>): Promise<Error & { readonly code?: string }> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error("it was not rejected");
}
