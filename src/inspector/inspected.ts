/** What an inspector is given to look at. */
import type { LifecycleManager } from "../lifecycle/manager-options.ts";

/** The part of a manager that is looked at. A `LifecycleManager` is one. */
export type Inspected = Pick<
  LifecycleManager,
  "catalogue" | "capabilities" | "state" | "state$" | "events$" | "plan" | "log" | "actor"
>;
