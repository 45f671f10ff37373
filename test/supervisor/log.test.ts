/** Logs: written by the node, rotated under it, read from the end and followed as they grow. */
import {
  appendFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { take } from "rxjs";
import { expect, onTestFinished, test } from "vitest";
import { systemClock, type Clock } from "../../src/clock.ts";
import { LogFile } from "../../src/supervisor/log-file.ts";
import { LogFollower } from "../../src/supervisor/log-follower.ts";
import { LogStore } from "../../src/supervisor/log-store.ts";
import { simulatedClock } from "../../src/testing/simulated-clock.ts";
import { openProcesses, shell } from "./open-processes.ts";
import { scratchDirectory } from "./process-harness.ts";

function logFile(): LogFile {
  const scratch = scratchDirectory();
  onTestFinished(() => scratch.remove());
  return new LogFile(join(scratch.path, "node.log"));
}

function follow(log: LogFile): string[] {
  const lines: string[] = [];
  const follower = new LogFollower(log, systemClock, (line) => lines.push(line));
  onTestFinished(() => follower.close());
  return lines;
}

/** A store that rotates at 100 bytes, and the path of the log of `node`. */
function openStore(clock: Clock = systemClock): { readonly store: LogStore; readonly path: string } {
  const scratch = scratchDirectory();
  const store = new LogStore({ directory: join(scratch.path, "logs"), maxBytes: 100 }, clock, () => {});
  onTestFinished(() => {
    store.close();
    scratch.remove();
  });
  store.create();
  return { store, path: store.of("node").path };
}

const numbers = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => `${from + index}\n`).join("");

test("the tail of a log is its last lines, without line ends, and empty without a log", () => {
  const log = logFile();
  expect(log.tail(3)).toEqual([]);

  writeFileSync(log.path, "one\ntwo\r\nthree\nno end");

  expect(log.tail(3)).toEqual(["two", "three", "no end"]);
  expect(log.tail(0)).toEqual([]);
  expect(log.tail(99)).toHaveLength(4);
});

test("the tail reaches back behind a rotation", async () => {
  const log = logFile();
  writeFileSync(log.path, "one\ntwo\n");
  await log.rotate();
  appendFileSync(log.path, "three\n");

  expect(log.tail(2)).toEqual(["two", "three"]);
  expect(log.tail(9)).toEqual(["one", "two", "three"]);
});

test("rotation leaves every line in exactly one of the two files, and the writer writes on", async () => {
  const log = logFile();
  writeFileSync(log.path, numbers(0, 1000));

  expect(await log.rotate()).toBe(true);
  appendFileSync(log.path, numbers(1000, 1010));

  expect(readFileSync(`${log.path}.1`, "utf8")).toBe(numbers(0, 1000));
  expect(readFileSync(log.path, "utf8")).toBe(numbers(1000, 1010));
});

test("two rotations at once are one, and one without a log is none", async () => {
  const log = logFile();
  expect(await log.rotate()).toBe(false);
  writeFileSync(log.path, "one\n");

  expect(await Promise.all([log.rotate(), log.rotate()])).toEqual([true, false]);
});

test("a follower gets whole lines in order, and characters that were cut in two", async () => {
  const log = logFile();
  writeFileSync(log.path, "before\n");
  const lines = follow(log);
  const snowman = Buffer.from("☃\n");

  appendFileSync(log.path, "be");
  appendFileSync(log.path, "gun\r\n");
  appendFileSync(log.path, snowman.subarray(0, 2));
  appendFileSync(log.path, snowman.subarray(2));

  await expect.poll(() => lines).toEqual(["begun", "☃"]);
});

test("a follower misses nothing when the log is rotated, and begins anew when it was truncated by others", async () => {
  const log = logFile();
  const lines = follow(log);
  appendFileSync(log.path, numbers(0, 500));
  await log.rotate();
  appendFileSync(log.path, numbers(500, 600));
  await expect.poll(() => lines.length).toBe(600);

  truncateSync(log.path);
  appendFileSync(log.path, "after\n");

  await expect.poll(() => lines.at(-1)).toBe("after");
  expect(lines.slice(0, 600).join("\n")).toBe(numbers(0, 600).trimEnd());
});

test("a follower goes on in the new log when the old one was removed or moved away", async () => {
  const log = logFile();
  writeFileSync(log.path, "before\n");
  const lines = follow(log);

  renameSync(log.path, `${log.path}.old`);
  await expect.poll(() => existsSync(log.path)).toBe(true);
  appendFileSync(log.path, "moved\n");
  await expect.poll(() => lines).toEqual(["moved"]);
  rmSync(log.path);
  await expect.poll(() => existsSync(log.path)).toBe(true);
  appendFileSync(log.path, "removed\n");

  await expect.poll(() => lines).toEqual(["moved", "removed"]);
});

test("what is followed begins with the last whole lines, from behind a rotation if need be", async () => {
  const { store, path } = openStore();
  const log = store.of("node");
  const follow = (count: number): string[] => {
    const lines: string[] = [];
    const subscription = store
      .view("node")
      .follow(count)
      .subscribe((line) => lines.push(line));
    onTestFinished(() => subscription.unsubscribe());
    return lines;
  };
  writeFileSync(path, "one\ntwo\n");
  await log.rotate();
  appendFileSync(path, "three\r\nfo");

  const all = [follow(0), follow(1), follow(2), follow(99)];
  expect(all).toEqual([[], ["three"], ["two", "three"], ["one", "two", "three"]]);
  appendFileSync(path, "ur\n");

  for (const lines of all) await expect.poll(() => lines.at(-1)).toBe("four");
  expect(all.map((lines) => lines.length)).toEqual([1, 2, 3, 4]);
});

test("a line longer than what is read at the end is not among the last whole lines", () => {
  const { store, path } = openStore();
  writeFileSync(path, `${"x".repeat(100_000)}\nend\n`);
  const lines: string[] = [];

  store
    .view("node")
    .follow(5)
    .pipe(take(1))
    .subscribe((line) => lines.push(line));

  expect(lines).toEqual(["end"]);
});

test("whenever somebody begins to follow a busy node, no line is missing and none comes twice", async () => {
  const count = 6000;
  const { supervisor } = await openProcesses({
    node: {
      command: shell(`i=0; while [ $i -lt ${count} ]; do echo $i; i=$((i + 1)); done; exec sleep 1000`),
    },
  });
  await supervisor.start("node");
  const heard: number[][] = [];
  const isOver = (): boolean => heard.some((numbers) => numbers.at(-1) === count - 1);

  while (!isOver()) {
    const numbers: number[] = [];
    const subscription = supervisor
      .log?.("node")
      .follow(3)
      .subscribe((line) => numbers.push(Number(line)));
    onTestFinished(() => subscription?.unsubscribe());
    heard.push(numbers);
    await new Promise(setImmediate);
  }

  for (const numbers of heard) {
    await expect.poll(() => numbers.at(-1)).toBe(count - 1);
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
  }
});

test("a line that does not end does not fill the memory", async () => {
  const log = logFile();
  const lines = follow(log);

  appendFileSync(log.path, Buffer.alloc(200_000, "x"));

  await expect.poll(() => lines.length).toBeGreaterThan(1);
});

test("a flood of output is read in pieces: the event loop goes on, and no line is lost", async () => {
  const log = logFile();
  const line = `${"x".repeat(99)}\n`;
  writeFileSync(log.path, line.repeat(400_000));
  let count = 0;
  const follower = new LogFollower(log, systemClock, () => (count += 1), 0);
  onTestFinished(() => follower.close());

  follower.read();
  expect(count).toBeLessThan(20_000);
  await expect.poll(() => count).toBe(400_000);
});

test("what is written while the followers of a rotated log read is not lost", async () => {
  const log = logFile();
  writeFileSync(log.path, "before\n");
  onTestFinished(log.onTruncation(() => appendFileSync(log.path, "meanwhile\n")));
  expect(await log.rotate()).toBe(true);
  expect(log.tail(2)).toEqual(["before", "meanwhile"]);
});

test("who follows a flood is not held up by its rotation, however often, and misses no line", async () => {
  const log = logFile();
  const flood = (from: number, to: number): string =>
    Array.from({ length: to - from }, (_, index) => `${from + index} ${"x".repeat(1000)}\n`).join("");
  const seen: number[] = [];
  // Comes when the log has just been truncated, and has read nothing yet.
  const release = log.onTruncation(() => {
    release();
    const follower = new LogFollower(log, systemClock, (line) => seen.push(Number.parseInt(line)), 0);
    onTestFinished(() => follower.close());
  });
  writeFileSync(log.path, flood(0, 4000));

  const first = log.rotate();
  // If the copy is made already, this is copied in pieces.
  appendFileSync(log.path, flood(4000, 8000));
  expect(await first).toBe(true);
  expect(seen).toEqual([]);
  appendFileSync(log.path, flood(8000, 9000));
  expect(await log.rotate()).toBe(true);
  appendFileSync(log.path, flood(9000, 9010));

  await expect.poll(() => seen.length).toBe(9010);
  expect(seen).toEqual(Array.from({ length: 9010 }, (_, index) => index));
});

test("a node's log is rotated while it writes, and the one who follows sees every line", async () => {
  const count = 4000;
  const { supervisor } = await openProcesses(
    {
      node: {
        command: shell(
          `i=0; while [ $i -lt ${count} ]; do echo "line $i"; i=$((i + 1)); done; echo end; exec sleep 1000`,
        ),
        ready: { kind: "delay", delayMs: 1 },
      },
    },
    { maxLogBytes: 5_000 },
  );
  const lines: string[] = [];
  const log = supervisor.log?.("node");
  const subscription = log?.follow(0).subscribe((line) => lines.push(line));
  await supervisor.start("node");

  // Each look at the log is a chance to rotate it.
  await expect.poll(() => log?.tail(1), { interval: 1 }).toEqual(["end"]);
  await expect.poll(() => lines.at(-1)).toBe("end");
  subscription?.unsubscribe();
  const written = lines.filter((line) => line.startsWith("line "));
  // Rotation may lose what is written within some microseconds.
  expect(written.length).toBeGreaterThan(count * 0.98);
  expect(new Set(written).size).toBe(written.length);
});

test("a node that writes without ever waking us has its log rotated too, and a quiet one costs nothing", async () => {
  const clock = simulatedClock();
  const { store, path } = openStore(clock);
  store.opened("node", undefined);
  expect(clock.pending).toBe(0);

  appendFileSync(path, numbers(0, 200));
  await expect.poll(() => clock.pending).toBe(1);
  await clock.advance(5000);

  await expect.poll(() => statSync(path).size).toBe(0);
  expect(existsSync(`${path}.1`)).toBe(true);
});
