/** `modeshift init [folder]`: writes a catalogue and three nodes that run at once. Overwrites nothing. */
import { access, mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { configNames } from "../../config/find-config.ts";
import { folderNamespace } from "../../config/namespace.ts";
import { codeOf, messageOf } from "../../errors.ts";
import { asTypedBy, shellWord } from "../advice.ts";
import { printMessage } from "../door/door-messages.ts";
import { exitCodes } from "../exit-codes.ts";
import { CliFault } from "../fault.ts";
import type { CommandAction } from "../session.ts";
import { initFiles } from "./init-files.ts";

/** See the file header. */
export const init: CommandAction = async (session, [given = "."]) => {
  const { out, host, options } = session;
  const folder = resolve(host.cwd, given);
  const files = initFiles(options.namespace ?? folderNamespace(folder));
  await refuseToOverwrite(folder, [...configNames, ...files.keys()]);
  for (const [path, content] of files) await write(join(folder, path), content);
  if (options.json === true) {
    out.line(printMessage({ folder, files: [...files.keys()] }));
    return exitCodes.done;
  }
  const shown = relative(host.cwd, folder);
  for (const path of files.keys()) out.line(`${out.paint("green", out.marks.ok)} wrote ${join(shown, path)}`);
  const enter = shown === "" ? "" : `cd ${shellWord(shown)} && `;
  // The namespace that was given is in the catalogue now.
  const typed = asTypedBy(host.env);
  const next = `${enter}modeshift up, and in a second terminal: ${enter}modeshift switch teleop`;
  out.line(`${out.paint("bold", "Next:")} ${typed(next)}`);
  return exitCodes.done;
};

async function refuseToOverwrite(folder: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const isThere = await access(join(folder, path)).then(
      () => true,
      () => false,
    );
    if (isThere) {
      throw new CliFault(
        "BAD_OPTION",
        `${join(folder, path)} is there already; init overwrites nothing.`,
        "modeshift up runs what is there; modeshift init <folder> starts in a new folder",
      );
    }
  }
}

async function write(path: string, content: string): Promise<void> {
  try {
    await makeFolder(dirname(path));
    await writeFile(path, content, { flag: "wx" });
  } catch (error) {
    throw new CliFault(
      "BAD_OPTION",
      `${path} cannot be written: ${messageOf(error)}`,
      "choose a folder that you may write to",
      { cause: error },
    );
  }
}

/** Folder by folder: Node's own recursive mkdir never ends below /proc, where nothing can be made. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (codeOf(error) === "EEXIST") return;
    if (codeOf(error) !== "ENOENT" || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await mkdir(path);
  }
}
