/** How many nodes boot at once, on a real event loop that is late and one that is not. */
import { setImmediate as turn, setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { StartThrottle, type StartTicket } from "../../src/supervisor/start-throttle.ts";

/** Asks a throttle for two processors for so many starts. */
function request(count: number): readonly StartTicket[] {
  const throttle = new StartThrottle(systemClock, 2);
  const begun: StartTicket[] = [];
  for (let asked = 0; asked < count; asked += 1) {
    const ticket = throttle.request(() => {
      begun.push(ticket);
    });
  }
  return begun;
}

async function turns(count: number): Promise<void> {
  for (let done = 0; done < count; done += 1) await turn();
}

/** Lets the measurement of lateness begin, and is late then. */
async function beLate(): Promise<void> {
  await pause(5);
  const until = performance.now() + 40;
  while (performance.now() < until);
  await pause(0);
}

test("one start is begun in a turn of the event loop, and sixteen are on order at once", async () => {
  const begun = request(20);

  expect(begun).toHaveLength(0);
  await turns(3);
  expect(begun.length).toBeLessThanOrEqual(3);
  await turns(30);
  expect(begun).toHaveLength(16);
});

test("while the event loop is late as many boot at once as there are processors, and one that takes for ever holds the others up for a moment only", async () => {
  const begun = request(20);
  await turns(30);
  await beLate();

  for (const ticket of begun.slice(0, 16)) ticket.spawned();
  await turns(20);
  expect(begun).toHaveLength(16);
  for (const ticket of begun.slice(0, 16)) ticket.done();
  await turns(20);
  expect(begun).toHaveLength(18);
  await expect.poll(() => begun.length, { timeout: 2_000, interval: 10 }).toBe(20);
});
