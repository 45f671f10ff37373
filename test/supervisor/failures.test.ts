/** The system refuses: processes, descriptors, disk. Each is told, survived, and over when it is over. */
import { execFileSync, spawnSync } from "node:child_process";
import { chownSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { readJournal } from "../../src/supervisor/journal.ts";
import type { PlaceRecord } from "../../src/supervisor/supervisor.ts";
import { childrenNamed, loneManager } from "./lone-manager.ts";
import { openProcesses, rejection, shell } from "./open-processes.ts";
import { pidsWith, scratchDirectory } from "./process-harness.ts";

const isRoot = process.getuid?.() === 0;
const hasPrlimit = spawnSync("prlimit", ["--version"]).status === 0;
const place: PlaceRecord = { settled: "idle", target: "idle", request: null, urgent: false };

/** Sets a soft limit of the spawner of `manager`. */
function limitSpawner(what: string, value: number, manager = process.pid, user = process.getuid?.()): void {
  const [spawner] = childrenNamed("modeshift-spawner", manager);
  const identity = user === undefined ? {} : { uid: user, gid: user };
  execFileSync("prlimit", ["--pid", String(spawner), `--${what}=${value}:`], identity);
}

describe.runIf(hasPrlimit)(
  "a spawn that the system refuses is that node's error, and over when it is over",
  () => {
    test("EMFILE", async () => {
      const sleeper = { command: ["sleep", "1000"] } as const;
      const { supervisor } = await openProcesses({ before: sleeper, node: sleeper });
      await supervisor.start("before");
      limitSpawner("nofile", 8);

      const fault = await rejection(supervisor.start("node"));

      expect(fault.code).toBe("EMFILE");
      expect(fault.message).toMatch(/raise its limit \(ulimit -n\)\.$/);
      expect(supervisor.running().get("node")?.state).toBe("stopped");
      expect(supervisor.running().get("before")?.state).toBe("ready");
      limitSpawner("nofile", 1024);
      await supervisor.start("node");
    });

    test("EAGAIN", async () => {
      const { path, remove } = scratchDirectory();
      onTestFinished(remove);
      const user = 65_534;
      // The limit does not bind root.
      if (isRoot) chownSync(path, user, user);
      const sleeper = ["sleep", "1000"];
      const options = isRoot ? { user } : {};
      const manager = loneManager(join(path, "state"), { before: sleeper, node: sleeper }, options);
      expect(await manager.start("before")).toBe("ok");
      const limitUser = (value: number): void => {
        limitSpawner("nproc", value, manager.child.pid, isRoot ? user : undefined);
      };
      limitUser(1);

      expect(await manager.start("node")).toBe("EAGAIN");

      limitUser(10_000);
      expect(await manager.start("node")).toBe("ok");
    });
  },
);

describe.runIf(hasPrlimit).each(["group", ""] as const)(
  "EMFILE: a manager that has no descriptor left (isolation: %s)",
  (how) => {
    const leavesDaemon = (token: string): readonly string[] =>
      shell(
        `trap '' TERM; setsid sh -c 'trap "" TERM; while :; do sleep 1; done; : ${token}' & while :; do sleep 1; done`,
      );
    const exhausted = async (nodes: Readonly<Record<string, readonly string[]>>) => {
      const { path, remove } = scratchDirectory();
      onTestFinished(remove);
      const manager = loneManager(join(path, "state"), nodes, how === "" ? {} : { how });
      await manager.line("open");
      execFileSync("prlimit", ["--pid", String(manager.child.pid), "--nofile=100:"]);
      return manager;
    };

    test("still stops whole trees, and says that they are gone only when they are", async () => {
      const token = `exhausted-${process.pid}-${how}`;
      const manager = await exhausted({ node: leavesDaemon(token) });
      await manager.start("node");
      await expect.poll(() => pidsWith(token).filter((pid) => pid !== manager.child.pid).length).toBe(2);
      await manager.exhaust();

      expect(await manager.stop("node")).toBe("ok");

      expect(pidsWith(token).filter((pid) => pid !== manager.child.pid)).toEqual([]);
    });

    test("still starts nodes, as long as its spawner lives; then it says what is wrong", async () => {
      const sleeper = ["sleep", "1000"];
      const manager = await exhausted({ one: sleeper, two: sleeper });
      await manager.exhaust();

      expect(await manager.start("one")).toBe("ok");
      const [spawner = 0] = childrenNamed("modeshift-spawner", manager.child.pid);
      process.kill(spawner, "SIGKILL");
      await expect.poll(() => manager.start("two")).toBe("EMFILE");

      await manager.relieve();
      expect(await manager.start("two")).toBe("ok");
      expect(await manager.stop("one")).toBe("ok");
    });
  },
);

/** A Node whose forks fail for want of memory while the file `switch` exists; undefined without a compiler. */
function forgetfulNode(directory: string): { readonly node: string; readonly file: string } | undefined {
  const [source, library, node, file] = ["fork.c", "fork.so", "node", "no-memory"].map((name) =>
    join(directory, name),
  ) as [string, string, string, string];
  writeFileSync(
    source,
    `#define _GNU_SOURCE
    #include <dlfcn.h>
    #include <errno.h>
    #include <unistd.h>
    pid_t fork(void) {
      if (access("${file}", F_OK) == 0) { errno = ENOMEM; return -1; }
      return ((pid_t (*)(void))dlsym(RTLD_NEXT, "fork"))();
    }`,
  );
  if (spawnSync("cc", ["-shared", "-fPIC", "-o", library, source, "-ldl"]).status !== 0) return undefined;
  writeFileSync(node, `#!/bin/sh\nLD_PRELOAD=${library} exec ${process.execPath} "$@"\n`, { mode: 0o755 });
  return { node, file };
}

test("ENOMEM: a spawn that is refused for want of memory says so, and is over when it is over", async (context) => {
  const { path, remove } = scratchDirectory();
  onTestFinished(remove);
  const forgetful = forgetfulNode(path);
  if (forgetful === undefined) return context.skip("no C compiler here");
  const { execPath } = process;
  onTestFinished(() => {
    process.execPath = execPath;
  });
  process.execPath = forgetful.node;
  const { supervisor } = await openProcesses({ node: { command: ["sleep", "1000"] } });
  writeFileSync(forgetful.file, "");

  const fault = await rejection(supervisor.start("node"));

  expect(`${fault.code} ${fault.message}`).toBe(
    "ENOMEM node: cannot run sleep: there is not enough memory to start a process.",
  );
  rmSync(forgetful.file);
  await supervisor.start("node");
});

/** A file system of 64 KiB; undefined where none can be mounted. */
function tinyDisk(): string | undefined {
  const { path, remove } = scratchDirectory();
  const mounted = isRoot && spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "none", path]).status === 0;
  onTestFinished(() => {
    if (mounted) spawnSync("umount", ["-l", path]);
    remove();
  });
  return mounted ? path : undefined;
}

/** Fills it to the last byte; what is returned empties it again. */
function fill(disk: string): () => void {
  const file = join(disk, "filling");
  for (const size of [65_536, 4_096, 512, 64, 1]) {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(size), { flag: "a" });
    } catch {
      // Full, for this size.
    }
  }
  return () => rmSync(file);
}

test("ENOSPC: a full disk stops no node; it is told, and what was missed is made good", async (context) => {
  const disk = tinyDisk();
  if (disk === undefined) return context.skip("no file system can be mounted here");
  const names = Array.from({ length: 60 }, (_, index) => `node-with-a-rather-long-name-${index}`);
  const { supervisor, stateDir } = await openProcesses(
    Object.fromEntries(names.map((name) => [name, { command: ["sleep", "1000"] }])),
    { stateDir: join(disk, "state") },
  );
  const [first = "", ...others] = names;
  await supervisor.start(first);
  const empty = fill(disk);

  // Enough lines for more than the rest of the journal's last page.
  await Promise.all(others.map((name) => supervisor.start(name)));
  supervisor.record?.(place);

  expect(supervisor.capabilities.notes.join()).toMatch(/journal .*ENOSPC/);
  expect(supervisor.capabilities.notes.join()).toMatch(/place cannot be recorded: ENOSPC/);
  await supervisor.stop(first);
  empty();
  await supervisor.start(first);
  supervisor.record?.(place);
  expect(supervisor.capabilities.notes.filter((note) => !note.startsWith("the log"))).toEqual([]);
  expect(
    readJournal(join(stateDir, "journal"))
      .map(({ node }) => node)
      .sort(),
  ).toEqual([...names].sort());
});

test("ENOSPC: a log that cannot be written leaves the node running", async () => {
  const { path, remove } = scratchDirectory();
  onTestFinished(remove);
  const trial = await openProcesses({ node: { command: ["true"], oneshot: true } }, { directory: path });
  await trial.supervisor.start("node");
  await trial.supervisor.close();
  const logs = join(trial.stateDir, "logs");
  const [log = ""] = execFileSync("ls", [logs], { encoding: "utf8" }).split("\n");
  rmSync(join(logs, log));
  symlinkSync("/dev/full", join(logs, log));

  const { supervisor } = await openProcesses(
    { node: { command: shell("echo hello; exec sleep 1000") } },
    { directory: path },
  );
  await supervisor.start("node");

  expect(await supervisor.log?.("node").tail(5)).toEqual([]);
  expect(supervisor.running().get("node")?.state).toBe("ready");
});

test("a log that cannot be opened is told, and the node runs without", async () => {
  const { path, remove } = scratchDirectory();
  onTestFinished(remove);
  const { supervisor, stateDir } = await openProcesses(
    { node: { command: ["sleep", "1000"] } },
    { directory: path },
  );
  rmSync(join(stateDir, "logs"), { recursive: true });
  writeFileSync(join(stateDir, "logs"), "");
  await supervisor.start("node");

  expect(supervisor.capabilities.notes).toEqual(["the log of node cannot be written: ENOTDIR"]);
  rmSync(join(stateDir, "logs"));
  await supervisor.stop("node");
  await supervisor.start("node");
  expect(supervisor.capabilities.notes).toEqual([]);
});

test("a directory of logs that was cleaned away is made anew, with what readiness waits for in it", async () => {
  const command = shell("echo listening; exec sleep 1000");
  const ready = { kind: "log", pattern: "listening" } as const;
  const { supervisor, stateDir } = await openProcesses({ node: { command, ready } });
  rmSync(join(stateDir, "logs"), { recursive: true });

  await supervisor.start("node");

  expect(await supervisor.log?.("node").tail(5)).toEqual(["listening"]);
  expect(supervisor.capabilities.notes).toEqual([]);
});

test("a working directory that has gone hinders only what is run from it", () => {
  const { path, remove } = scratchDirectory();
  onTestFinished(remove);
  const module = join(import.meta.dirname, "../../dist/supervisor/command-path.js");
  const script = `import { rmdirSync } from "node:fs";
    import { commandProblem } from "${module}";
    process.chdir(process.argv[1]);
    rmdirSync(process.argv[1]);
    console.log([undefined, "/usr"].flatMap((cwd) => ["sh", "/bin/sh", "./sh"].map((it) => commandProblem(it, cwd, "/bin:."))).join());`;
  const argv = ["--input-type=module", "-e", script, path];
  const { stdout } = spawnSync(process.execPath, argv, { cwd: path, encoding: "utf8" });

  expect(stdout).toBe(",,ENOENT,,,ENOENT\n");
});

test("STATE_UNWRITABLE: a state directory on a full disk is refused with what to do", async (context) => {
  const disk = tinyDisk();
  if (disk === undefined) return context.skip("no file system can be mounted here");
  fill(disk);

  const fault = await rejection(openProcesses({}, { stateDir: join(disk, "state") }));

  expect(fault.code).toBe("STATE_UNWRITABLE");
  expect(fault.message).toMatch(/ENOSPC.*free space on its disk/);
  expect(readFileSync("/proc/mounts", "utf8")).toContain(disk);
});
