/** The longest time for which something keeps the event loop to itself. */

/** One turn of the event loop, the longest of some. */
export interface LongestTurn {
  readonly wallMs: number;
  /** Processor time of the whole process, which a busy machine does not stretch. */
  readonly cpuMs: number;
}

/** Does something, and looks at every turn of the event loop until it has ended. */
export async function longestTurn(act: () => Promise<unknown>): Promise<LongestTurn> {
  const longest = { wallMs: 0, cpuMs: 0 };
  let isOver = false;
  let last = reading();
  const look = (): void => {
    const now = reading();
    longest.wallMs = Math.max(longest.wallMs, now.wall - last.wall);
    longest.cpuMs = Math.max(longest.cpuMs, now.cpu - last.cpu);
    last = now;
    if (!isOver) setImmediate(look);
  };
  setImmediate(look);
  await act();
  isOver = true;
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  return longest;
}

function reading(): { readonly wall: number; readonly cpu: number } {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now(), cpu: (user + system) / 1_000 };
}
