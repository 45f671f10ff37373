/**
 * `managerLogic`: a manager as an actor in the user's own XState system.
 *
 * It only attaches: starting and stopping the manager stays with whoever made it, so that leaving the state that
 * invokes the logic never stops a robot.
 */
import { fromCallback, type CallbackActorLogic } from "xstate";
import { messageOf } from "../errors.ts";
import type { OnBusy } from "../modes/catalogue.ts";
import type { TransitionResult } from "../modes/result.ts";
import type { ManagerState } from "../bus/bus.ts";
import type { LifecycleManager } from "./manager-options.ts";

/** What the actor is sent by its parent. */
export interface ManagerCommand {
  readonly type: "mode.request";
  readonly mode: string;
  readonly requestId?: string;
  readonly by?: string;
  readonly onBusy?: OnBusy;
}

/** What the actor sends to its parent: every result, every state, and requests that the manager could not take. */
export type ManagerReport =
  | { readonly type: "mode.result"; readonly result: TransitionResult }
  | { readonly type: "mode.state"; readonly state: ManagerState }
  | { readonly type: "mode.fault"; readonly mode: string; readonly message: string };

/**
 * Actor logic over a started manager. Receives `mode.request`; sends `mode.result` and `mode.state` to its parent.
 * Leaving the state only detaches.
 *
 * @example
 * ```ts
 * import { createLifecycleManager, defineCatalogue, supervisorFrom } from "modeshift";
 * import { managerLogic } from "modeshift/xstate";
 * import { createActor, setup, waitFor } from "xstate";
 *
 * const catalogue = defineCatalogue({ defaultMode: "idle", modes: { idle: [], patrol: [] } });
 * const supervisor = supervisorFrom({ startNode: async () => {}, stopNode: async () => {}, getRunningNodes: () => [] });
 * const manager = createLifecycleManager({ catalogue, supervisor });
 * await manager.start();
 *
 * const mission = setup({ actors: { manager: managerLogic(manager) } }).createMachine({
 *   invoke: { src: "manager", id: "manager" },
 *   initial: "waiting",
 *   states: { waiting: { on: { "mode.result": "patrolling" } }, patrolling: {} },
 * });
 * const actor = createActor(mission).start();
 * actor.getSnapshot().children.manager?.send({ type: "mode.request", mode: "patrol" });
 * await waitFor(actor, (snapshot) => snapshot.value === "patrolling");
 * manager.currentMode; // => "patrol"
 * await manager.stop();
 * ```
 */
export function managerLogic<M extends string, N extends string>(
  manager: LifecycleManager<M, N>,
): CallbackActorLogic<ManagerCommand, undefined> {
  return fromCallback<ManagerCommand, undefined>(({ receive, sendBack }) => {
    const fault = (mode: string, error: unknown): void =>
      sendBack({ type: "mode.fault", mode, message: messageOf(error) } satisfies ManagerReport);
    /** Asked for under ids of the parent's own, and not reported yet. */
    const open = new Set<string>();
    const report = (result: TransitionResult): void => {
      open.delete(result.requestId);
      sendBack({ type: "mode.result", result } satisfies ManagerReport);
    };
    const results = manager.results$.subscribe({
      next: report,
      error: (error: unknown) => fault("", error),
    });
    const states = manager.state$.subscribe({
      next: (state) => sendBack({ type: "mode.state", state } satisfies ManagerReport),
      error: (error: unknown) => fault("", error),
    });
    receive(({ mode, requestId, by, onBusy }) => {
      const options = {
        ...(requestId === undefined ? {} : { id: requestId }),
        ...(by === undefined ? {} : { by }),
        ...(onBusy === undefined ? {} : { onBusy }),
      };
      if (requestId !== undefined) open.add(requestId);
      manager.changeMode(mode as M, options).then(
        // By the stream above comes what is new: not the answer to an id that was answered before.
        (result) => {
          if (open.has(result.requestId)) report(result);
        },
        // A name that is no mode is a caller's fault, told as one.
        (error: unknown) => {
          if (requestId !== undefined) open.delete(requestId);
          fault(mode, error);
        },
      );
    });
    return () => {
      results.unsubscribe();
      states.unsubscribe();
    };
  });
}
