/** Who owns a state directory, and how it changes hands. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { readBootId, readStat } from "../../src/supervisor/process-tree.ts";
import { StateDirectory } from "../../src/supervisor/state-directory.ts";
import { isHeld, readLock, takeLock, type StateLock } from "../../src/supervisor/state-lock.ts";
import { rejection } from "./open-processes.ts";
import { scratchDirectory } from "./process-harness.ts";

function stateDirectory(): StateDirectory {
  const scratch = scratchDirectory();
  onTestFinished(() => scratch.remove());
  return new StateDirectory(join(scratch.path, "state"));
}

const now = { clock: systemClock, waitForLock: false };

/** A lock as a process leaves it that died with it. */
function leaveDeadLock(directory: StateDirectory, epoch: number): void {
  const { pid } = spawnSync("true");
  writeFileSync(directory.file(`lock.${epoch}`), `${pid} 1 ${readBootId()} host\n`);
}

test("the first to come takes epoch 1, and releasing keeps the epoch used", async () => {
  const directory = stateDirectory();
  const first = await takeLock(directory, now);
  expect(first.epoch).toBe(1);
  first.release();

  const second = await takeLock(directory, now);

  expect(second.epoch).toBe(2);
  expect(existsSync(directory.file("lock.1"))).toBe(false);
});

test("a lock that a living process holds is refused, with its holder", async () => {
  const directory = stateDirectory();
  await takeLock(directory, now);

  const fault = await rejection(takeLock(directory, now));

  expect(fault.code).toBe("STATE_LOCKED");
  expect(fault.message).toContain(`process ${process.pid} on `);
});

test("the lock of a process that has died is taken over", async () => {
  const directory = stateDirectory();
  leaveDeadLock(directory, 41);

  const lock = await takeLock(directory, now);

  expect(lock.epoch).toBe(42);
  expect(readLock(directory)?.pid).toBe(process.pid);
});

test("a pid that was used again is not the holder", () => {
  const start = readStat(process.pid)?.start ?? 0;
  const holder = { epoch: 1, pid: process.pid, start, bootId: readBootId(), host: "here" };

  expect(isHeld(holder)).toBe(true);
  expect(isHeld({ ...holder, start: start - 1 })).toBe(false);
  expect(isHeld({ ...holder, bootId: "an earlier boot" })).toBe(false);
});

test("of many processes that find a dead lock at once exactly one takes it", async () => {
  const directory = stateDirectory();
  leaveDeadLock(directory, 1);
  const script = `
    import { systemClock } from "./dist/clock.js";
    import { StateDirectory } from "./dist/supervisor/state-directory.js";
    import { takeLock } from "./dist/supervisor/state-lock.js";
    const directory = new StateDirectory(${JSON.stringify(directory.path)});
    const wait = { clock: systemClock, waitForLock: false };
    const taken = await takeLock(directory, wait).then((lock) => "epoch " + lock.epoch, (error) => error.code);
    console.log(taken);
    process.stdin.resume();`;
  const contenders = Array.from({ length: 6 }, () =>
    spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["pipe", "pipe", "inherit"] }),
  );

  const answers = await Promise.all(
    contenders.map(async ({ stdout }) => String((await once(stdout, "data"))[0]).trim()),
  );

  for (const { stdin } of contenders) stdin.end();
  expect(answers.sort()).toEqual([
    "STATE_LOCKED",
    "STATE_LOCKED",
    "STATE_LOCKED",
    "STATE_LOCKED",
    "STATE_LOCKED",
    "epoch 2",
  ]);
});

test("FENCED: a holder that was outbid finds out, and does not release what is not its own", async () => {
  const directory = stateDirectory();
  const old = await takeLock(directory, now);
  expect(old.isFenced()).toBe(false);

  writeFileSync(directory.file("lock.2"), `1 1 ${readBootId()} elsewhere\n`);

  expect(old.isFenced()).toBe(true);
  old.release();
  expect(readLock(directory)?.host).toBe("elsewhere");
});

test("a state directory that was wiped fences nobody", async () => {
  const directory = stateDirectory();
  const lock = await takeLock(directory, now);
  for (const name of readdirSync(directory.path)) spawnSync("rm", ["-r", directory.file(name)]);

  expect(lock.isFenced()).toBe(false);
});

test("a standby says for whom it waits, and takes over when that one lets go", async () => {
  const directory = stateDirectory();
  const held = await takeLock(directory, now);
  const standbys: string[] = [];
  let taken: StateLock | undefined;

  const waiting = new Promise<void>((resolve) => {
    const onStandby = (holder: string): void => {
      standbys.push(holder);
      resolve();
    };
    void takeLock(directory, { clock: systemClock, waitForLock: true, onStandby }).then((lock) => {
      taken = lock;
      return lock;
    });
  });
  await waiting;
  expect(taken).toBe(undefined);
  held.release();

  await expect.poll(() => taken?.epoch).toBe(2);
  expect(standbys).toEqual([expect.stringContaining(`process ${process.pid}`)]);
});

test("a standby can be called off", async () => {
  const directory = stateDirectory();
  await takeLock(directory, now);
  const abort = new AbortController();
  const wait = {
    clock: systemClock,
    waitForLock: true,
    onStandby: () => abort.abort(),
    signal: abort.signal,
  };

  expect((await rejection(takeLock(directory, wait))).code).toBe("ABORTED");
});

test("a lock in a directory that was wiped and taken anew is fenced, whatever number its file gets", async () => {
  for (let round = 0; round < 50; round += 1) {
    const directory = stateDirectory();
    const old = await takeLock(directory, now);
    rmSync(directory.path, { recursive: true });
    mkdirSync(directory.path, { mode: 0o700 });
    const anew = await takeLock(directory, now);

    expect([old.epoch, anew.epoch, old.isFenced(), anew.isFenced()]).toEqual([1, 1, true, false]);
    old.release();
    anew.release();
  }
});
