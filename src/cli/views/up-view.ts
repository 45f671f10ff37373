/** What `up` shows while the manager runs: the port that terminal-up-view.ts and json-up-view.ts implement. */
import type { Logger } from "../../lifecycle/logger.ts";
import type { LifecycleManager } from "../../lifecycle/manager-options.ts";

/** See the file header. */
export interface UpView {
  readonly logger: Logger;
  /** Shows what this manager does, from now on. */
  follow(manager: LifecycleManager): void;
  /** Says something that everybody should know. */
  say(text: string): void;
  /** Writes what is still to be written. */
  close(): void | Promise<void>;
}

/** Says when the bus is away and when it is back; nothing as long as all is well. */
export function tellBusTrouble(manager: LifecycleManager, tell: (text: string) => void): void {
  let told = "";
  manager.state$.subscribe(({ bus }) => {
    const isWell = bus.status === "connected" || bus.reason === undefined;
    const trouble = isWell ? "" : `bus ${bus.status}: ${bus.reason}`;
    if (trouble === told) return;
    told = trouble;
    tell(trouble === "" ? "bus connected" : trouble);
  });
}
