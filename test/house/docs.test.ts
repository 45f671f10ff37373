/**
 * Everything that the documentation shows is true: its code runs, its files load, its transcripts print what they say.
 *
 * README.md, docs/, examples/ and the TSDoc comments of src. CONTRIBUTING.md has the notation; doc-blocks.ts finds the
 * blocks. A page's blocks run in order and share one folder. Blocks that cannot run are counted and printed.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { parse as parseYaml } from "yaml";
import { parseCatalogue } from "../../src/config/load-catalogue.ts";
import { startRedisServer, type RedisServer } from "../fixtures/redis-server.ts";
import { blocksOf, documentedFiles, root, type DocBlock } from "./doc-blocks.ts";
import { assertLine, moduleIdOf } from "./doc-module.ts";
import { matches, PageShell } from "./doc-transcript.ts";

const pages = documentedFiles().map((page) => ({ page, blocks: blocksOf(page) }));
const all = pages.flatMap(({ blocks }) => blocks);
const home = mkdtempSync(path.join(tmpdir(), "modeshift-docs-"));
let redis: RedisServer;
let redisUrl: string;

beforeAll(async () => {
  redis = await startRedisServer({ tcp: true });
  redisUrl = `redis://127.0.0.1:${redis.port}`;
  vi.stubEnv("MODESHIFT_REDIS_URL", redisUrl);
  vi.stubEnv("XDG_STATE_HOME", path.join(home, "state"));
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await redis.stop();
  rmSync(home, { recursive: true, force: true });
  const unrun = all.filter((block) => block.noRun !== null);
  for (const block of unrun) console.warn(`not run: ${block.page}:${block.line} ${block.noRun}`);
  console.warn(`documentation: ${all.length} code blocks, ${unrun.length} marked no-run`);
});

/** A page may show the modes alone: then the first of them is the default mode. */
function whole(yaml: string): string {
  if (/^default_mode:/m.test(yaml)) return yaml;
  const { modes } = parseYaml(yaml) as { modes: Record<string, unknown> };
  return `${yaml}\ndefault_mode: ${JSON.stringify(Object.keys(modes)[0])}\n`;
}

/** Runs or checks one block, by its language. */
async function check(block: DocBlock, folder: string, shell: PageShell): Promise<void> {
  if (block.fileName !== null) {
    mkdirSync(path.join(folder, path.dirname(block.fileName)), { recursive: true });
    writeFileSync(path.join(folder, block.fileName), `${block.code}\n`);
  }
  if (block.language === "json") JSON.parse(block.code);
  if (block.language === "yaml" && /^modes:/m.test(block.code)) {
    parseCatalogue(whole(block.code), {
      file: path.join(folder, block.fileName ?? "modeshift.yaml"),
      env: Object.fromEntries(
        block.words.filter((word) => word.includes("=")).map((word) => word.split("=")),
      ),
    });
  }
  if (block.language === "console") await shell.run(block);
  const runs = block.language === "ts" && block.fileName === null && !isContinued(block);
  if (runs) await import(moduleIdOf(block));
}

/** A block that another one continues is run, with its claims, as the beginning of that one. */
function isContinued(block: DocBlock): boolean {
  const next = blocksOf(block.page).find((other) => other.language === "ts" && other.line > block.line);
  return next?.noRun === null && next.words.includes("continues");
}

describe.each(pages.filter(({ blocks }) => blocks.some((block) => block.noRun === null)))(
  "$page",
  ({ page, blocks }) => {
    const folder = path.join(home, page.replaceAll(/\W/g, "-"));
    const here = process.cwd();
    let shell: PageShell;

    beforeAll(() => {
      mkdirSync(folder, { recursive: true });
      shell = new PageShell(folder, redisUrl);
      process.chdir(folder);
    });

    afterAll(async () => {
      process.chdir(here);
      await shell.close();
    });

    for (const block of blocks.filter(({ noRun }) => noRun === null)) {
      test(`${block.language} block at line ${block.line}`, () => check(block, folder, shell));
    }
  },
);

describe("pages", () => {
  test("a block that cannot run gives a reason", () => {
    expect(all.filter((block) => block.noRun === "").map((block) => `${block.page}:${block.line}`)).toEqual(
      [],
    );
  });

  test("relative links lead somewhere", () => {
    const broken = documentedFiles()
      .filter((page) => page.endsWith(".md") && existsSync(path.join(root, page)))
      .flatMap((page) =>
        [...readFileSync(path.join(root, page), "utf8").matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)]
          .map((match) => path.join(path.dirname(page), match[1] ?? ""))
          .filter((target) => !existsSync(path.join(root, target)))
          .map((target) => `${page} -> ${target}`),
      );

    expect(broken).toEqual([]);
  });
});

describe("the notation", () => {
  test("a claim becomes an assertion", () => {
    expect(assertLine("  sum(1, 2); // => 3")).toBe("  __expect(sum(1, 2)).toEqual(3);");
    expect(assertLine("const x = sum(1); // => 1")).toBe("const x = sum(1); __expect(x).toEqual(1);");
    expect(assertLine("plan(); // => throws MODE_UNKNOWN")).toContain(
      `toMatchObject({ code: "MODE_UNKNOWN" })`,
    );
    expect(assertLine("plain(); // a comment")).toBe("plain(); // a comment");
  });

  test("dots in a transcript stand for what differs from run to run", () => {
    expect(matches(["camera ready (pid ...)", "...", "done"], "camera ready (pid 12)\nx\ny\ndone\n")).toBe(
      true,
    );
    expect(matches(["camera ready (pid ...)", "done"], "camera ready (pid 12)\nx\ndone\n")).toBe(false);
    expect(matches([], "")).toBe(true);
  });
});
