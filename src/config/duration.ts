/** Durations as people write them: `500ms`, `10s`, `1.5m`, `1h`, or a number of milliseconds. */

/** The written form. */
export const durationPattern = /^\d+(?:\.\d+)?(?:ms|s|m|h)$/;

/** The written form of one longer than zero. */
export const positiveDurationPattern = /^(?=.*[1-9])\d+(?:\.\d+)?(?:ms|s|m|h)$/;

/** What one timer can hold: 24.8 days. */
export const longestDurationMs = 2 ** 31 - 1;

const unitsMs: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
]);

/** A duration in file or TypeScript form. */
export type DurationInput = number | string;

/** Milliseconds; NaN when the text is no duration. */
export function durationMs(duration: DurationInput): number {
  if (typeof duration === "number") return duration;
  if (!durationPattern.test(duration)) return Number.NaN;
  const unit = /[a-z]+$/.exec(duration)?.[0] ?? "";
  return Number.parseFloat(duration) * (unitsMs.get(unit) ?? Number.NaN);
}
