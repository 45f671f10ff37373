/** Ctrl-C and SIGTERM as an AbortSignal, for as long as a command waits. */
import { codeOf } from "../errors.ts";
import { Interrupted } from "./fault.ts";
import type { Session } from "./session.ts";

/** Runs `wait` until it ends or someone interrupts it. @throws Interrupted */
export async function untilInterrupted<T>(
  session: Session,
  wait: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { host } = session;
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  const offs = (["SIGINT", "SIGTERM", "SIGHUP"] as const).map((name) => host.onSignal(name, interrupt));
  try {
    const value = await wait(interruption.signal);
    if (interruption.signal.aborted) throw new Interrupted();
    return value;
  } catch (error) {
    throw interruption.signal.aborted && codeOf(error) === "ABORTED" ? new Interrupted() : error;
  } finally {
    for (const off of offs) off();
  }
}
