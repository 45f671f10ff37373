/**
 * Whether a manager runs by a catalogue whose file has been changed since: it is read once, when the manager starts.
 *
 * Whoever has just added a mode would otherwise look for it in vain.
 */
import { stat } from "node:fs/promises";
import type { StateMessage } from "./door/door-messages.ts";
import type { Printer } from "./session.ts";

/** Says so, with what to do; nothing when the file is as it was, or lies on another machine. */
export async function warnOfStaleCatalogue(
  { source, readAt }: Pick<StateMessage, "source" | "readAt">,
  out: Printer,
): Promise<void> {
  if (source === null || readAt === null) return;
  const changedAt = await stat(source).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
  if (changedAt <= readAt) return;
  const text = `${source} has been changed since this manager read it: modeshift check, modeshift down, then modeshift up.`;
  out.line(`${out.paint("yellow", "!")} ${out.typed(text)}`);
}
