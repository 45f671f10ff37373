/**
 * `up` without a terminal: the manager's log as JSON lines on stdout, made by pino.
 *
 * Written without blocking: a reader that stands still must not make the manager stand still.
 */
import { pino } from "pino";
import type { ManagerEvent } from "../../bus/event.ts";
import type { Session } from "../session.ts";
import type { LoadedTarget } from "../target.ts";
import { tellBusTrouble, type UpView } from "./up-view.ts";

/** How long the end of a manager waits for whoever reads its log. */
const standstillMs = 1000;

/** See the file header. */
export function openJsonUpView({ host, err }: Session, { namespace, source }: LoadedTarget): UpView {
  const destination = pino.destination({ dest: 1, sync: false });
  // Nobody reads the log any more: that is no reason to stop a robot.
  destination.on("error", () => undefined);
  const level = host.env["MODESHIFT_LOG_LEVEL"] ?? "info";
  const logger = pino({ base: { namespace, managerPid: host.pid }, level }, destination);
  logger.info({ catalogue: source }, "starting");
  return {
    logger,
    follow: (manager) => {
      // Results are logged by the manager itself.
      manager.events$.subscribe((event) => {
        const text = textOf(event);
        if (text !== undefined) logger.info({ type: event.type, request: event.id, ...event.data }, text);
      });
      tellBusTrouble(manager, (text) => err.line(text));
    },
    say: (text) => logger.info(text),
    close: () => written(destination),
  };
}

/** Resolves when everything is written, or cannot be: the reader has left, or stands still. */
function written(destination: ReturnType<typeof pino.destination>): Promise<void> {
  return new Promise((resolve) => {
    const patience = setTimeout(resolve, standstillMs);
    const done = (): void => {
      clearTimeout(patience);
      resolve();
    };
    destination.once("close", done).once("error", done);
    // Not flushSync: it overtakes a write that is under way.
    destination.end();
  });
}

function textOf(event: ManagerEvent): string | undefined {
  if (event.type === "node") return `${event.data.node} ${event.data.state}`;
  if (event.type === "health") return `health ${event.data.status}`;
  if (event.type === "manager") return `manager ${event.data.what}`;
  if (event.type !== "transition") return undefined;
  return `${event.data.cause}: ${event.data.from ?? "nothing"} to ${event.data.to ?? "nothing"}`;
}
