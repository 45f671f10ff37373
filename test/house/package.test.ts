/**
 * What a user gets: the package is built, packed, installed by npm in an empty folder, and used by plain node.
 *
 * Vitest resolves src through a condition and loads its own build of some libraries, so only this sees the real thing.
 * The install takes exact versions from our lock file, so npm finds them in its cache and asks the network for nothing.
 */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, "../..");
/** Those that npm would install for a user: not the optional ones. */
const optional: Readonly<Record<string, { readonly optional?: boolean }>> = packageJson.peerDependenciesMeta;
const peerDependencies = Object.fromEntries(
  Object.entries(packageJson.peerDependencies).filter(([name]) => optional[name]?.optional !== true),
);
const doors = Object.entries(packageJson.exports).flatMap(([door, target]) =>
  typeof target === "object" ? [door.replace(".", "modeshift")] : [],
);

interface LockedPackage {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

let folder: string;
let app: string;

/** The part of our lock file that the named packages need, in lock-file form. */
function lockedClosure(locked: Readonly<Record<string, LockedPackage>>, names: readonly string[]): object {
  const found = new Map<string, LockedPackage>();
  const visit = (name: string, from: string): void => {
    const nested = `${from}/node_modules/${name}`;
    const at = nested in locked ? nested : `node_modules/${name}`;
    const entry = locked[at];
    if (entry === undefined || found.has(at)) return;
    found.set(at, { ...entry, dev: false } as LockedPackage);
    for (const next of Object.keys(entry.dependencies ?? {})) visit(next, at);
  };
  for (const name of names) visit(name, "");
  return Object.fromEntries(found);
}

async function pack(): Promise<string> {
  const source = path.join(folder, "package");
  await mkdir(source);
  // dist was built before the first test (scripts/build-once.ts).
  for (const file of ["package.json", "README.md", "LICENSE", "src", "schema", "dist"]) {
    await cp(path.join(root, file), path.join(source, file), { recursive: true });
  }
  const { stdout } = await run(
    "npm",
    ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder],
    { cwd: source },
  );
  return stdout.trim();
}

async function install(tarball: string): Promise<void> {
  const { packages } = JSON.parse(await readFile(path.join(root, "package-lock.json"), "utf8"));
  const { version, dependencies, bin } = packageJson;
  const wanted = { modeshift: `file:../${tarball}`, ...peerDependencies };
  const lock = {
    name: "app",
    lockfileVersion: 3,
    requires: true,
    packages: {
      "": { name: "app", dependencies: wanted },
      "node_modules/modeshift": {
        version,
        resolved: `file:../${tarball}`,
        dependencies,
        peerDependencies,
        bin,
      },
      ...lockedClosure(packages, Object.keys({ ...dependencies, ...peerDependencies })),
    },
  };
  await mkdir(app);
  await writeFile(
    path.join(app, "package.json"),
    JSON.stringify({ name: "app", type: "module", dependencies: wanted }),
  );
  await writeFile(path.join(app, "package-lock.json"), JSON.stringify(lock));
  await run("npm", ["ci", "--prefer-offline", "--no-audit", "--no-fund"], { cwd: app });
}

/** Runs lines of JavaScript in the app by plain node. */
async function node(code: string): Promise<string> {
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", code], { cwd: app });
  return stdout.trim();
}

async function modeshift(...args: string[]): Promise<string> {
  const { stdout } = await run(path.join(app, "node_modules/.bin/modeshift"), args, { cwd: app });
  return stdout;
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "modeshift-package-"));
  app = path.join(folder, "app");
  await install(await pack());
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the packed package", () => {
  test("holds the built code, its sources and the schema, and no tests", async () => {
    const entries = await readdir(path.join(app, "node_modules/modeshift"));

    expect(entries.sort()).toEqual(["LICENSE", "README.md", "dist", "package.json", "schema", "src"]);
  });

  test.each(doors)("%s can be imported, and required", async (door) => {
    const code = `
      import { createRequire } from "node:module";
      const names = Object.keys(await import(${JSON.stringify(door)}));
      const required = Object.keys(createRequire(process.cwd() + "/app.js")(${JSON.stringify(door)}));
      console.log(names.length > 0 && required.filter((name) => name !== "__esModule").sort().join() === names.sort().join());
    `;

    expect(await node(code)).toBe("true");
  });

  test("the schema can be imported", async () => {
    const code = `
      import { createRequire } from "node:module";
      console.log(typeof createRequire(process.cwd() + "/app.js")("modeshift/schema.json").properties);
    `;

    expect(await node(code)).toBe("object");
  });

  test("every door but ./redis loads without ioredis, commander and pino", async () => {
    const spared = ["ioredis", "commander", "pino"];
    const at = (name: string): string => path.join(app, "node_modules", name);
    for (const name of spared) await rename(at(name), at(`.${name}`));
    try {
      const imports = doors
        .filter((door) => door !== "modeshift/redis")
        .map((door) => `await import("${door}");`);

      expect(await node(`${imports.join("\n")}\nconsole.log("loaded")`)).toBe("loaded");
      await expect(node(`await import("modeshift/redis")`)).rejects.toThrow("ioredis");
    } finally {
      for (const name of spared) await rename(at(`.${name}`), at(name));
    }
  });
});

test("without fast-check modes can be walked, and whoever asks for arbitraries is told what to install", async () => {
  const code = `
    import { defineCatalogue } from "modeshift";
    import { loadArbitraries, modelTests } from "modeshift/testing";
    const catalogue = defineCatalogue({ defaultMode: "idle", modes: { idle: [], work: ["arm"] } });
    for (const [name, run] of modelTests(catalogue, undefined, { faults: 1 })) await run();
    const message = await loadArbitraries().catch((error) => error.message);
    console.log(message);
  `;

  expect(await node(code)).toBe(
    "The arbitraries are made of fast-check, which is not installed: npm install --save-dev fast-check",
  );
});

test("the test file of the how-to walks the modes of a catalogue by node's own runner", async () => {
  const page = readFileSync(path.join(root, "docs/how-to/test-your-modes.md"), "utf8");
  const file = /```js no-run[^\n]*\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  await writeFile(path.join(app, "modes.test.mjs"), file);
  const nodes = "nodes: { arm: { command: [arm] } }";
  await writeFile(
    path.join(app, "modeshift.yaml"),
    `default_mode: idle\nmodes: { idle: [], work: [arm] }\n${nodes}\n`,
  );

  const { stdout } = await run(process.execPath, ["--test", "modes.test.mjs"], { cwd: app });

  expect(stdout).toMatch(/pass [1-9]/);
  expect(stdout).toContain("fail 0");
});

describe("in a program of one's own", () => {
  const block = /```ts\n([\s\S]*?)```/.exec(readFileSync(path.join(root, "README.md"), "utf8"))?.[1] ?? "";
  const mistyped = `
    // @ts-expect-error -- a mistyped mode is a compile error
    await createLifecycleManager({ catalogue, supervisor }).changeMode("telepo").catch(() => null);
    console.log(result.outcome, result.nodesStarted.join());
  `;

  async function compile(...args: string[]): Promise<void> {
    const tsc = path.join(root, "node_modules/typescript/bin/tsc");
    const types = ["--typeRoots", path.join(root, "node_modules/@types"), "--types", "node"];
    const options = ["--strict", "--skipLibCheck", "--target", "es2022", ...types, ...args];
    await run(process.execPath, [tsc, ...options, "program.ts"], { cwd: app });
  }

  test("the README's block compiles, for node16 and for bundlers, refuses a mistyped mode, and runs", async () => {
    await writeFile(path.join(app, "program.ts"), `${block}\n${mistyped}`);

    await compile("--module", "esnext", "--moduleResolution", "bundler", "--noEmit");
    await compile("--module", "node16");
    const { stdout } = await run(process.execPath, ["program.js"], { cwd: app });

    expect(stdout).toBe("changed camera,drive\n");
  });

  test("every door loads on Windows, and starting is refused there in words", async () => {
    const code = `
      Object.defineProperty(process, "platform", { value: "win32" });
      const [{ createLifecycleManager, defineCatalogue }] = await Promise.all(${JSON.stringify(doors)}.map((door) => import(door)));
      const catalogue = defineCatalogue({ defaultMode: "idle", modes: { idle: [] } });
      await createLifecycleManager({ catalogue }).start().catch(({ code, message }) => console.log(code, message));
    `;

    expect(await node(code)).toMatch(/^PLATFORM_UNSUPPORTED .* not on Windows: use WSL 2/);
  });
});

describe("the installed command", () => {
  test("--version prints the version", async () => {
    expect((await modeshift("--version")).trim()).toBe(packageJson.version);
  });

  test("--help names every command", async () => {
    const help = await modeshift("--help");

    for (const command of ["init", "up", "down", "switch", "status", "modes", "plan", "check"]) {
      expect(help).toContain(command);
    }
  });
});
