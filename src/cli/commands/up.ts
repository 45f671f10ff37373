/**
 * `modeshift up`: runs the manager in the foreground, with its local door, until it is told to stop.
 *
 * Wires what others make: catalogue, process supervisor, bus, manager, door, inspector. A second signal sends SIGKILL
 * to every node (I18). What is shown meanwhile is views/up-view.ts's.
 */
import type { Bus } from "../../bus/bus.ts";
import type { ManagerEvent } from "../../bus/event.ts";
import { memoryBus } from "../../bus/memory-bus.ts";
import { nearest } from "../../config/words.ts";
import { ModeshiftError } from "../../errors.ts";
import { createLifecycleManager } from "../../lifecycle-manager.ts";
import type { LifecycleManager } from "../../lifecycle/manager-options.ts";
import { findMode, modeNotFound, type Catalogue } from "../../modes/catalogue.ts";
import { processSupervisor } from "../../supervisor/process-supervisor.ts";
import { didYouMean } from "../advice.ts";
import { DoorClient } from "../door/door-client.ts";
import { answerCall } from "../door/door-routes.ts";
import { isAnswering } from "../door/is-answering.ts";
import { serveDoor, type Door } from "../door/serve-door.ts";
import { doorPath } from "../door/socket-path.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { CliFault } from "../fault.ts";
import { InspectorOfUp } from "../inspector-of-up.ts";
import { ManagerDoor } from "../manager-door.ts";
import { portOption } from "../option-values.ts";
import type { CommandAction, Session } from "../session.ts";
import { loadTarget, type LoadedTarget } from "../target.ts";
import type { UpView } from "../views/up-view.ts";

/** See the file header. */
export const up: CommandAction = async (session, _args, options) => {
  const port = portOption(options, "inspect");
  const loaded = await loadTarget(session);
  const catalogue = bootInto(loaded.catalogue, options["mode"]);
  const target = { ...loaded, catalogue };
  if (target.redisUrl === null) await refuseSecond(session, target.namespace);
  const bus = await busOf(target);
  const view = await openUpView(session, target, options["quiet"] === true);
  const { stateDir, deathGraceMs, inspectPort } = catalogue.service;
  const manager = createLifecycleManager({
    catalogue,
    supervisor: processSupervisor({ deathGraceMs, ...(stateDir === null ? {} : { stateDir }) }),
    bus,
    logger: view.logger,
    standby: target.redisUrl !== null,
  });
  view.follow(manager);
  const wanted = options["inspect"] !== undefined || inspectPort !== null;
  return runUntilStopped(session, target, manager, view, wanted ? (port ?? inspectPort ?? 0) : null);
};

/** The view that fits the terminal, or the lack of one. */
async function openUpView(session: Session, target: LoadedTarget, quiet: boolean): Promise<UpView> {
  if (session.out.terminal && session.options.json !== true) {
    const { TerminalUpView } = await import("../views/terminal-up-view.ts");
    return new TerminalUpView(session, target, quiet);
  }
  const { openJsonUpView } = await import("../views/json-up-view.ts");
  return openJsonUpView(session, target);
}

async function runUntilStopped(
  session: Session,
  { source, readAt, namespace, redisUrl }: LoadedTarget,
  manager: LifecycleManager,
  view: UpView,
  inspectPort: number | null,
): Promise<ExitCode> {
  const { pid, env } = session.host;
  const managerDoor = new ManagerDoor(manager, {
    pid,
    source,
    readAt,
    redis: redisUrl !== null,
    inspect: (port, history) => serveInspector(manager, port, history),
  });
  let isFenced = false;
  const ended = new Promise<void>((resolve) => {
    manager.events$.subscribe({
      next: ({ type, data }) => {
        isFenced ||= type === "manager" && data.what === "fenced";
      },
      complete: resolve,
    });
  });
  const page = new InspectorOfUp(manager, managerDoor, view, inspectPort);
  const opening = whenUp(manager, () => serveDoor(env, namespace, (call) => answerCall(managerDoor, call)));
  const signals = stopOnSignals(session, manager, view);
  try {
    const boot = manager.start();
    await Promise.race([Promise.all([boot, opening]), ended]);
    await page.serve();
    await ended;
    await manager.stop();
    if (isFenced) throw new ModeshiftError("FENCED", fencedMessage);
    return signals.killed ? exitCodes.interrupted : exitCodes.done;
  } finally {
    await manager.stop();
    await (await opening.catch(() => undefined))?.close();
    signals.off();
    await view.close();
  }
}

const fencedMessage = "Another manager has taken this robot over: this one has touched nothing since.";

/** Opens the door when the manager has the nodes, which for a standby may be much later; undefined: it never had. */
function whenUp(manager: LifecycleManager, open: () => Promise<Door>): Promise<Door | undefined> {
  return new Promise((resolve, reject) => {
    let isOpening = false;
    manager.events$.subscribe({
      next: (event) => {
        if (event.type !== "manager" || isOpening) return;
        if (event.data.what !== "up" && event.data.what !== "takeover") return;
        isOpening = true;
        open().then(resolve, reject);
      },
      complete: () => {
        if (!isOpening) resolve(undefined);
      },
    });
  });
}

interface Signals {
  readonly killed: boolean;
  off(): void;
}

function stopOnSignals({ host }: Session, manager: LifecycleManager, view: UpView): Signals {
  let count = 0;
  const onSignal = (): void => {
    count += 1;
    if (count === 1) void manager.stop();
    else if (count === 2) {
      view.say("killing every node");
      manager.killAll();
    } else host.exit(exitCodes.interrupted);
  };
  const offs = (["SIGINT", "SIGTERM", "SIGHUP"] as const).map((name) => host.onSignal(name, onSignal));
  return {
    get killed() {
      return count > 1;
    },
    off: () => {
      for (const off of offs) off();
    },
  };
}

/** `--mode`: the mode to boot into. @throws MODE_UNKNOWN */
function bootInto(catalogue: Catalogue, mode: unknown): Catalogue {
  if (typeof mode !== "string") return catalogue;
  if (findMode(catalogue, mode) !== undefined) return { ...catalogue, defaultMode: mode };
  const near = nearest(mode, [...catalogue.modes.keys()]);
  const next = didYouMean(near, "up --mode", "modeshift modes");
  throw new CliFault("MODE_UNKNOWN", modeNotFound(catalogue, mode), next);
}

/** Without Redis there is no standing by: who comes second is told who was first. @throws STATE_LOCKED */
async function refuseSecond({ host }: Session, namespace: string): Promise<void> {
  const path = doorPath(host.env, namespace);
  if (!(await isAnswering(path))) return;
  const holder = await new DoorClient(path, namespace).state().then(
    ({ pid, state, source }) =>
      `pid ${pid ?? "unknown"}, from ${source ?? "an unknown file"}, in mode ${state.mode ?? "none yet"}`,
    () => `it answers at ${path}`,
  );
  throw new CliFault(
    "STATE_LOCKED",
    `A manager of namespace '${namespace}' is running already: ${holder}.`,
    "modeshift status shows it, modeshift down stops it; a second robot needs its own --namespace",
  );
}

async function busOf({ redisUrl, namespace }: LoadedTarget): Promise<Bus> {
  if (redisUrl === null) return memoryBus();
  const { redisBus } = await import("../../redis.ts");
  return redisBus({ connection: redisUrl, namespace });
}

async function serveInspector(
  manager: LifecycleManager,
  port: number | undefined,
  history: readonly ManagerEvent[],
): Promise<string> {
  const { createInspector } = await import("../../inspector/index.ts");
  const { url } = await createInspector(manager, { history, ...(port === undefined ? {} : { port }) });
  return url;
}
