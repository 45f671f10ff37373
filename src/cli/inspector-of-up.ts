/**
 * The inspector page of `modeshift up --inspect`: for a standby already while it stands by, if its port is free, else
 * when the manager is up. Where it is served is manager-door.ts's.
 */
import { messageOf } from "../errors.ts";
import type { LifecycleManager } from "../lifecycle/manager-options.ts";
import type { ManagerDoor } from "./manager-door.ts";
import type { UpView } from "./views/up-view.ts";

/** Serves the page once, as early as there is something to see. */
export class InspectorOfUp {
  readonly #door: ManagerDoor;
  readonly #view: UpView;
  readonly #port: number | null;
  #early: Promise<void> | undefined;
  #isServed = false;

  constructor(manager: LifecycleManager, door: ManagerDoor, view: UpView, port: number | null) {
    this.#door = door;
    this.#view = view;
    this.#port = port;
    manager.events$.subscribe((event) => {
      if (event.type !== "manager" || event.data.what !== "standby") return;
      this.#early ??= this.#serve().catch((error: unknown) => {
        view.say(`${messageOf(error)} It is tried again after the takeover.`);
      });
    });
  }

  async serve(): Promise<void> {
    await this.#early;
    await this.#serve();
  }

  async #serve(): Promise<void> {
    if (this.#port === null || this.#isServed) return;
    const url = await this.#door.inspect(this.#port);
    this.#isServed = true;
    this.#view.say(`inspector at ${url}`);
  }
}
