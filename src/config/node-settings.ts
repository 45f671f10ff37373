/**
 * The settings of one node: the catalogue's defaults filled in, durations in milliseconds, readiness and restart in
 * the form that supervisors read. Here are all default values of a node.
 */
import type { NodeSpec, Readiness, RestartPolicy } from "../modes/catalogue.ts";
import { durationMs, type DurationInput } from "./duration.ts";
import type { ShapedDocument, ShapedNode } from "./schema.ts";

/** How long a transition may take when the document does not say. */
export const defaultTransitionTimeoutMs = 60_000;

type Settings = NonNullable<ShapedDocument["defaults"]>;

/** The node's own settings over the defaults. `env` unites, variable by variable. */
export function withDefaults(node: ShapedNode, defaults: Settings): Settings {
  const own = Object.entries(node).filter(([, value]) => value !== undefined);
  const merged: Settings = { ...defaults, ...Object.fromEntries(own) };
  // What restarts a oneshot is its mode, never a policy, so that the catalogue's default does not concern it.
  const restart = node.oneshot === true ? node.restart : merged.restart;
  return { ...merged, restart, env: new Map([...(defaults.env ?? []), ...(node.env ?? [])]) };
}

/** Timeouts, signal and restart policy. */
export function timing(
  settings: Settings,
): Pick<NodeSpec, "startTimeoutMs" | "stopSignal" | "stopTimeoutMs" | "killTimeoutMs" | "restart"> {
  return {
    startTimeoutMs: milliseconds(settings.start_timeout, 10_000),
    stopSignal: settings.stop_signal ?? "SIGTERM",
    stopTimeoutMs: milliseconds(settings.stop_timeout, 5000),
    killTimeoutMs: milliseconds(settings.kill_timeout, 2000),
    restart: restartPolicy(settings.restart),
  };
}

/** Milliseconds of a duration that may be absent. */
export function milliseconds(duration: DurationInput | undefined, absent: number): number {
  return duration === undefined ? absent : durationMs(duration);
}

function restartPolicy(restart: Settings["restart"]): RestartPolicy {
  const given = typeof restart === "string" ? { policy: restart } : (restart ?? {});
  return {
    policy: given.policy ?? "on_failure",
    max: given.max ?? 5,
    windowMs: milliseconds(given.window, 60_000),
    backoffMs: milliseconds(given.backoff, 500),
    maxBackoffMs: milliseconds(given.max_backoff, 30_000),
  };
}

/** How the node tells that it is ready; without a word about it: as soon as it has been exec'ed. */
export function readiness(ready: ShapedNode["ready"]): Readiness {
  const exec: Readiness = { kind: "exec" };
  if (ready === undefined) return exec;
  if ("log" in ready) return ready.log === undefined ? exec : { kind: "log", pattern: ready.log };
  if ("exec" in ready) return { kind: "probe", command: (ready.exec ?? []).map((part) => part ?? "") };
  if ("delay" in ready) return { kind: "delay", delayMs: milliseconds(ready.delay, 0) };
  return endpointReadiness(ready) ?? exec;
}

function endpointReadiness(ready: NonNullable<ShapedNode["ready"]>): Readiness | undefined {
  if ("fd" in ready && ready.fd !== undefined) return { kind: "fd", fd: ready.fd };
  if ("http" in ready && ready.http !== undefined) return { kind: "http", url: ready.http };
  if (!("tcp" in ready) || ready.tcp === undefined) return undefined;
  if (typeof ready.tcp === "number") return { kind: "tcp", host: "127.0.0.1", port: ready.tcp };
  const colon = ready.tcp.lastIndexOf(":");
  const host = ready.tcp.slice(0, colon).replace(/^\[(.*)\]$/, "$1");
  return { kind: "tcp", host, port: Number(ready.tcp.slice(colon + 1)) };
}
