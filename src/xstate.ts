/**
 * The door `modeshift/xstate`: the machine itself, and a manager as an actor. The only door whose types are XState's.
 *
 * @packageDocumentation
 */
export { createModeMachine } from "./machines/mode-machine.ts";
export type { MachineEmission, ModeMachineEvent, ModeRequestEvent } from "./machines/events.ts";
export type { ModeContext } from "./machines/context.ts";
export { managerLogic, type ManagerCommand, type ManagerReport } from "./lifecycle/manager-logic.ts";
