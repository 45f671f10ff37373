/**
 * Names of files and directories for nodes: readable, and distinct for every possible name.
 */
import { createHash } from "node:crypto";

/** A slug of the name and a hash of it, so that `a/b` and `a.b` never share a file. */
export function fileNameFor(name: string): string {
  const slug = name
    .replaceAll(/[^A-Za-z0-9_-]+/g, "-")
    .slice(0, 40)
    .replace(/^-+/, "");
  return `${slug === "" ? "node" : slug}-${createHash("sha256").update(name).digest("hex").slice(0, 8)}`;
}
