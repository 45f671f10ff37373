/**
 * The parts that a manager is made of: what the program gave, checked, and the defaults for the rest.
 */
import type { Bus } from "../bus/bus.ts";
import { memoryBus } from "../bus/memory-bus.ts";
import { systemClock, type Clock } from "../clock.ts";
import type { Catalogue } from "../modes/catalogue.ts";
import { processSupervisor } from "../supervisor/process-supervisor.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";
import { checkCatalogue, checkPart } from "./check-options.ts";
import type { Logger } from "./logger.ts";
import type { LifecycleManagerOptions } from "./manager-options.ts";

/** See the file header. */
export interface ManagerParts<M extends string, N extends string> {
  readonly catalogue: Catalogue<M, N>;
  readonly supervisor: Supervisor;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly logger: Logger | undefined;
  readonly standby: boolean;
}

/** @throws ModeshiftError BAD_OPTION */
export function managerParts<M extends string, N extends string>(
  options: LifecycleManagerOptions<M, N> | undefined,
): ManagerParts<M, N> {
  const { catalogue, supervisor, bus, clock = systemClock, logger, standby = false } = options ?? {};
  checkCatalogue(catalogue);
  if (supervisor !== undefined) {
    checkPart("supervisor", supervisor, supervisorMethods, ["events$", "capabilities"]);
  }
  if (bus !== undefined) checkPart("bus", bus, ["open", "publish", "close"], ["requests$", "health$"]);
  checkPart("clock", clock, ["now", "setTimeout", "clearTimeout"]);
  if (logger !== undefined) checkPart("logger", logger, ["debug", "info", "warn", "error"]);
  return {
    catalogue: catalogue as Catalogue<M, N>,
    supervisor: supervisor ?? processSupervisor(),
    bus: bus ?? memoryBus(),
    clock,
    logger,
    standby,
  };
}

const supervisorMethods = ["open", "running", "start", "stop", "killAll", "close"];
