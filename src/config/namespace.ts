/** What a namespace may be called, and the one that a catalogue has when it does not say. */
import { basename } from "node:path";

/** One robot is one namespace; it is part of every bus key. */
export const namespacePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

/** The folder's name, with what no namespace may contain replaced. */
export function folderNamespace(folder: string): string {
  const name = basename(folder)
    .replaceAll(/[^A-Za-z0-9_.-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, 64);
  return namespacePattern.test(name) ? name : "modeshift";
}
