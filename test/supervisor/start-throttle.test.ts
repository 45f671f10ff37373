/** How many nodes boot at once: processes that only the test knows to be busy, and virtual time. */
import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { StartThrottle, type StartTicket } from "../../src/supervisor/start-throttle.ts";
import { simulatedClock, type SimulatedClock } from "../../src/testing/simulated-clock.ts";

interface Play {
  readonly clock: SimulatedClock;
  /** Those whose spawn was asked for, in order; the pid of each is its place here. */
  readonly begun: readonly StartTicket[];
  readonly tickets: readonly StartTicket[];
  /** How often a process was looked at. */
  readonly looks: () => number;
  /** Asks for so many more. */
  request(count: number): Promise<void>;
  /** Exec'ed: those that `isBusy` says work until `sleeps`. */
  exec(pids: readonly number[], isBusy: boolean): Promise<void>;
  sleeps(pid: number): void;
}

/** A throttle that lets four boot, asked for so many starts. */
async function play(count: number): Promise<Play> {
  const clock = simulatedClock();
  const busy = new Set<number>();
  let looks = 0;
  const look = (pid: number): boolean => {
    looks += 1;
    return busy.has(pid);
  };
  const throttle = new StartThrottle({ clock, limit: 4, look });
  const begun: StartTicket[] = [];
  const tickets: StartTicket[] = [];
  const request = async (more: number): Promise<void> => {
    for (let asked = 0; asked < more; asked += 1) {
      const ticket: StartTicket = throttle.request(() => begun.push(ticket));
      tickets.push(ticket);
    }
    await turns();
  };
  await request(count);
  return {
    ...{ clock, begun, tickets, request },
    looks: () => looks,
    async exec(pids, isBusy) {
      for (const pid of pids) {
        if (isBusy) busy.add(pid);
        begun[pid]?.spawned(pid, isBusy);
      }
      await turns();
    },
    sleeps: (pid) => busy.delete(pid),
  };
}

async function turns(count = 40): Promise<void> {
  for (let done = 0; done < count; done += 1) await turn();
}

const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

test("one start is begun in a turn of the event loop, and as many as may boot are on order", async () => {
  const begun: number[] = [];
  const throttle = new StartThrottle({ clock: simulatedClock(), limit: 4, look: () => false });
  for (const index of range(0, 20)) throttle.request(() => begun.push(index));

  expect(begun).toHaveLength(0);
  await turns(3);
  expect(begun.length).toBeLessThanOrEqual(3);
  await turns();
  expect(begun).toEqual([0, 1, 2, 3]);
});

test("no more nodes boot at once than may: the next one begins when one is seen asleep", async () => {
  const { clock, begun, exec, sleeps } = await play(20);
  await exec(range(0, 4), true);
  await clock.advance(3);
  await turns();
  expect(begun).toHaveLength(4);

  sleeps(2);
  await clock.advance(3);
  await turns();
  expect(begun).toHaveLength(5);
});

test("one that never sleeps holds the others up for a tenth of a second only", async () => {
  const { clock, begun, exec } = await play(20);
  await exec(range(0, 4), true);

  for (let ms = 0; ms < 99; ms += 3) await clock.advance(3);
  await turns();
  expect(begun).toHaveLength(4);
  await clock.advance(3);
  await turns();
  expect(begun).toHaveLength(8);
});

test("one that has ended, or is not wanted any more, holds nobody up", async () => {
  const { begun, tickets, exec } = await play(20);
  await exec(range(0, 4), true);

  begun[0]?.done();
  tickets[4]?.done();
  await turns();

  expect(begun).toHaveLength(5);
  expect(begun).not.toContain(tickets[4]);
});

test("nodes that sleep as soon as they run are started sixteen at a time, until one is found busy", async () => {
  const { begun, exec } = await play(100);
  let done = 0;
  const under = (): number => begun.length - done;
  for (; done < 30; done += 1) await exec([done], false);
  expect(under()).toBe(16);

  await exec([done], true);
  for (done += 1; done < 46; done += 1) await exec([done], true);

  expect(begun).toHaveLength(46);
});

test("what the nodes of one crowd did says nothing of the next one's", async () => {
  const { begun, exec, request } = await play(30);
  for (let done = 0; done < 30; done += 1) await exec([done], false);
  expect(begun).toHaveLength(30);

  await request(30);

  expect(begun).toHaveLength(34);
});

test("nothing is looked at when nobody is held up", async () => {
  const { clock, exec, looks } = await play(4);
  await exec(range(0, 4), true);
  await clock.advance(1_000);
  await turns();

  expect(looks()).toBe(0);
});
