import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadUnderCrashes } from "../bus/crash-load.ts";

const places = [
  { name: "fake nodes", placeIn: () => (index: number) => `fake:${index + 1}` },
  { name: "real processes under one state directory", placeIn: (folder: string) => () => folder },
];

test.each(places)(
  "I7: 20 managers and 6 servers killed under 400 requests, with $name",
  { timeout: 300_000 },
  async ({ name, placeIn }) => {
    const folder = mkdtempSync(join(tmpdir(), "modeshift-crash-"));
    const load = { requests: 400, managerKills: 20, serverKills: 6, placeOf: placeIn(folder) };
    const { answers, errors, resultEvents, begunAgain, longestMs } = await loadUnderCrashes(load);
    rmSync(folder, { recursive: true, force: true });

    const outcomes = [...new Set(answers.map(({ outcome }) => outcome))];
    const times = (wanted: string): number => answers.filter(({ outcome }) => outcome === wanted).length;
    const shown = outcomes.map((outcome) => `${outcome} ${times(outcome)}`).join(", ");
    process.stdout.write(
      `${name}: ${answers.length} answers (${shown}), ${resultEvents.size} result events, ` +
        `${begunAgain} begun again after a crash, longest wait ${(longestMs / 1_000).toFixed(1)} s\n`,
    );
    expect(errors).toEqual([]);
    expect(new Set(answers.map(({ requestId }) => requestId)).size).toBe(400);
    expect(resultEvents.size).toBe(400);
    expect([...resultEvents.values()].every((times) => times === 1)).toBe(true);
  },
);
