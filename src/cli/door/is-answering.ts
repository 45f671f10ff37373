/** Whether a living manager is behind a socket: it outlives neither crash nor shutdown, while its file may. */
import { connect } from "node:net";

/** True when somebody accepts connections at that path. */
export async function isAnswering(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    return await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}
