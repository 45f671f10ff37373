/**
 * `ready: { tcp }`: somebody accepts connections on the node's port.
 */
import { connect } from "node:net";

/** Whether a connection is accepted. */
export function askTcp(port: number, host: string, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    const answer = (accepted: boolean): void => {
      signal.removeEventListener("abort", onAbort);
      socket.destroy();
      resolve(accepted);
    };
    const onAbort = (): void => {
      answer(false);
    };
    socket.once("connect", () => {
      answer(true);
    });
    socket.once("error", () => {
      answer(false);
    });
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) answer(false);
  });
}
