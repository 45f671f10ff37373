/**
 * The files of the page, as they lie in page/ beside this module: served as they are written, from src and from the
 * built package alike.
 *
 * They are read once. Nothing but what is in that folder can be asked for.
 */
import { readdir, readFile } from "node:fs/promises";
import { extname } from "node:path";

/** A file to be served. */
export interface PageFile {
  readonly type: string;
  readonly content: Buffer;
}

const types: ReadonlyMap<string, string> = new Map([
  [".html", "text/html; charset=utf-8"],
  [".css", "text/css; charset=utf-8"],
  [".js", "text/javascript; charset=utf-8"],
  [".svg", "image/svg+xml"],
]);

const folder = new URL("page/", import.meta.url);

/** Every file of the page, by its name. */
export async function loadPage(): Promise<ReadonlyMap<string, PageFile>> {
  const names = (await readdir(folder)).filter((name) => types.has(extname(name)));
  const files = names.map(async (name): Promise<[string, PageFile]> => {
    return [name, { type: types.get(extname(name)) ?? "", content: await readFile(new URL(name, folder)) }];
  });
  return new Map(await Promise.all(files));
}
