/** A seed that nobody has tried yet, printed, so that a run can be had again: `MODESHIFT_SEED=<number>`. */
export function freshSeed(): number {
  const given = process.env["MODESHIFT_SEED"];
  const seed = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);
  console.log(`random schedules: seed ${seed}`);
  return seed;
}
