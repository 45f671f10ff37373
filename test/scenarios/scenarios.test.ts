/**
 * Scenarios: every .txt file of this folder is a story, told by commands and what the manager made of them. `-u` writes
 * what really happens into the files; read the difference before you commit it.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { replay } from "./transcript.ts";

const stories = readdirSync(import.meta.dirname).filter((file) => file.endsWith(".txt"));

test.each(stories)("%s happens as it is written", async (file) => {
  const path = join(import.meta.dirname, file);
  const text = await replay(readFileSync(path, "utf8"), file);

  await expect(text).toMatchFileSnapshot(path);
});
