/** The journal: what whoever comes after the manager can read of it. */
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Journal, readJournal, type JournalEntry } from "../../src/supervisor/journal.ts";
import { scratchDirectory } from "./process-harness.ts";

function scratchFile(): string {
  const scratch = scratchDirectory();
  onTestFinished(() => scratch.remove());
  return join(scratch.path, "journal");
}

const entry = (pid: number, node = `node ${pid}`): JournalEntry => ({
  pid,
  start: pid * 10,
  bootId: "boot",
  generation: 1,
  stopSignal: "SIGTERM",
  node,
});

test("what was started and has not gone is read back", () => {
  const path = scratchFile();
  const journal = new Journal(
    path,
    () => {},
    () => false,
  );
  for (const pid of [10, 11, 12]) journal.started(entry(pid));
  journal.gone(11);

  expect(readJournal(path)).toEqual([entry(10), entry(12)]);
});

test("names of every kind survive it", () => {
  const path = scratchFile();
  const journal = new Journal(
    path,
    () => {},
    () => false,
  );
  const names = ["a b", "__proto__", "ü😀\u2028", "%", "- 1 2"];
  names.forEach((name, index) => journal.started(entry(index + 10, name)));

  expect(readJournal(path).map(({ node }) => node)).toEqual(names);
});

test("lines that were cut or are not ours are passed over", () => {
  const path = scratchFile();
  writeFileSync(
    path,
    "+ 10 100 boot 1 SIGTERM a\n+ 11 110 bo\n\nnonsense\n- 99 1\n+ x y z 1 S b\n+ 12 120 boot 1 SIGTERM c",
  );

  expect(readJournal(path).map(({ pid }) => pid)).toEqual([10, 12]);
});

test("a journal that is not there says that nothing runs", () => {
  expect(readJournal("/no/such/journal")).toEqual([]);
});

test("a new journal forgets what the one before said", () => {
  const path = scratchFile();
  new Journal(
    path,
    () => {},
    () => false,
  ).started(entry(10));

  const journal = new Journal(
    path,
    () => {},
    () => false,
  );

  expect(readJournal(path)).toEqual([]);
  journal.close();
});

test("it is rewritten before it grows without bounds", () => {
  const path = scratchFile();
  const journal = new Journal(
    path,
    () => {},
    () => false,
  );
  journal.started(entry(9));
  for (let round = 0; round < 3000; round++) {
    journal.started(entry(10 + round));
    journal.gone(10 + round);
  }

  expect(readFileSync(path, "utf8").split("\n").length).toBeLessThan(2100);
  expect(readJournal(path)).toEqual([entry(9)]);
});

test("a journal that cannot be written is reported, and complete again when it can be", () => {
  const path = scratchFile();
  const problems: (string | undefined)[] = [];
  mkdirSync(path);
  const journal = new Journal(
    path,
    (problem) => problems.push(problem),
    () => false,
  );
  journal.started(entry(10));
  expect(problems.at(-1)).toMatch(/^the journal .* cannot be written: EISDIR/);

  rmdirSync(path);
  journal.started(entry(11));

  expect(problems.at(-1)).toBe(undefined);
  expect(readJournal(path)).toEqual([entry(10), entry(11)]);
});

test("FENCED: a manager that was outbid leaves the journal to the one that outbid it", () => {
  const path = scratchFile();
  let fenced = false;
  const old = new Journal(
    path,
    () => {},
    () => fenced,
  );
  old.started(entry(10));
  fenced = true;
  const next = new Journal(
    path,
    () => {},
    () => false,
  );
  next.started(entry(11));

  old.gone(10);
  old.started(entry(12));

  expect(readJournal(path)).toEqual([entry(11)]);
  expect(readFileSync(path, "utf8").split("\n")).toHaveLength(2);
});
