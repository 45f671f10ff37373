/**
 * The actor of a manager: the mode machine with its executor provided, and a guard around the user's `inspect`.
 */
import { createActor, fromCallback, type InspectionEvent } from "xstate";
import type { ModeActor } from "../bus/bridge.ts";
import type { Clock } from "../clock.ts";
import type { ExecutorCommand, ExecutorEvent } from "../machines/events.ts";
import { modeMachineWith } from "../machines/mode-machine.ts";
import type { Catalogue } from "../modes/catalogue.ts";
import type { NodeError } from "../modes/result.ts";
import { createExecutor, type Executor } from "../supervisor/executor.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";
import type { Inspect } from "./manager-options.ts";

/** What the actor works with. */
export interface ModeActorOptions {
  readonly catalogue: Catalogue;
  readonly supervisor: Supervisor;
  readonly clock: Clock;
  readonly inspect: Inspect | undefined;
  readonly onProgress: () => void;
}

/** The actor, not started, and the executor it will use. */
export function createModeActor(options: ModeActorOptions): {
  readonly actor: ModeActor;
  readonly executor: Executor;
} {
  const { catalogue, supervisor, clock, onProgress } = options;
  let tellMachine: (event: ExecutorEvent) => void = () => undefined;
  const executor = createExecutor({
    supervisor,
    clock,
    nodes: catalogue.nodes,
    tell: (event) => tellMachine(event),
    onProgress,
  });
  const logic = fromCallback<ExecutorCommand>(({ receive, sendBack }) => {
    tellMachine = sendBack;
    receive(({ plan }) => executor.execute(plan));
    return () => executor.close();
  });
  const machine = modeMachineWith(catalogue, logic);
  const inspect = guarded(options.inspect);
  const actor = createActor(machine, {
    id: machine.id,
    clock,
    ...(inspect === undefined ? {} : { inspect }),
  });
  return { actor, executor };
}

/** Shuts the started actor's mode down; resolves with the nodes that could not be stopped. */
export function shutDownActor(actor: ModeActor): Promise<readonly NodeError[]> {
  return new Promise((resolve) => {
    actor.on("stopped", ({ errors }) => resolve(errors));
    // A machine that has failed answers nothing any more: its nodes end with the supervisor.
    actor.subscribe({ error: () => resolve([]), complete: () => resolve([]) });
    // Like a request, never in the middle of an event: the plan is made from what is observed by then.
    queueMicrotask(() => actor.send({ type: "shutdown" }));
  });
}

/** An inspector that throws must not reach the machine (I13). */
function guarded(inspect: Inspect | undefined): ((event: InspectionEvent) => void) | undefined {
  if (inspect === undefined) return undefined;
  const next = typeof inspect === "function" ? inspect : (event: InspectionEvent) => inspect.next?.(event);
  return (event) => {
    try {
      next(event);
    } catch {
      // The inspector's own trouble: the robot's mode does not depend on being looked at.
    }
  };
}
