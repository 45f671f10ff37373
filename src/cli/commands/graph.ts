/** `modeshift graph`: draws the catalogue here. The pictures themselves are made in src/inspector. */
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { messageOf } from "../../errors.ts";
import type { GraphSubject } from "../../inspector/graph-mermaid.ts";
import type { Catalogue } from "../../modes/catalogue.ts";
import { printMessage } from "../door/door-messages.ts";
import { exitCodes } from "../exit-codes.ts";
import { CliFault } from "../fault.ts";
import type { CommandAction, OptionValues } from "../session.ts";
import { loadTarget } from "../target.ts";

type Format = "mermaid" | "svg" | "xstate";

/** See the file header. */
export const graph: CommandAction = async (session, _args, options) => {
  const format = choice<Format>(options, "format", ["mermaid", "svg", "xstate"], "mermaid");
  const subject = choice<GraphSubject>(
    options,
    "of",
    ["modes", "nodes", "both"],
    format === "xstate" ? "modes" : "both",
  );
  if (format === "xstate" && subject !== "modes") {
    throw new CliFault(
      "BAD_OPTION",
      "The statechart has modes only: --format xstate goes with --of modes.",
      "leave out --of",
    );
  }
  const { catalogue } = await loadTarget(session);
  const text = await draw(catalogue, format, subject);
  const { output } = options;
  const json = session.options.json === true;
  if (typeof output !== "string") {
    // A statechart is JSON itself: as Stately imports it.
    if (json && format !== "xstate") session.out.line(printMessage({ format, of: subject, text }));
    else session.out.raw(text);
  } else {
    await write(resolve(session.host.cwd, output), text);
    if (json) session.out.line(printMessage({ format, of: subject, file: output }));
    else session.err.line(`${session.err.paint("green", session.err.marks.ok)} wrote ${output}`);
  }
  return exitCodes.done;
};

async function draw(catalogue: Catalogue, format: Format, subject: GraphSubject): Promise<string> {
  switch (format) {
    case "mermaid":
      return (await import("../../inspector/graph-mermaid.ts")).printMermaid(catalogue, subject);
    case "svg":
      return (await import("../../inspector/graph-svg.ts")).printSvg(catalogue, subject);
    case "xstate":
      return (await import("../../inspector/graph-xstate.ts")).printXState(catalogue);
  }
}

function choice<Value extends string>(
  options: OptionValues,
  name: string,
  values: readonly Value[],
  otherwise: Value,
): Value {
  const given = options[name];
  if (given === undefined) return otherwise;
  const found = values.find((value) => value === given);
  if (found !== undefined) return found;
  throw new CliFault("BAD_OPTION", `--${name} is '${String(given)}'.`, `use one of ${values.join(", ")}`);
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw new CliFault(
      "BAD_OPTION",
      `The picture cannot be written: ${messageOf(error)}`,
      "name another --output",
      { cause: error },
    );
  }
}
