/**
 * `ready: { http }`: a GET of the node's URL is answered with a status from 200 to 399.
 */
import { get } from "node:http";

/** One that takes a connection and never answers is asked anew after so long. */
const silenceMs = 5_000;

/** Whether the answer is a success. Redirects are, and are not followed: whoever sends one is there. */
export async function askHttp(url: string, signal: AbortSignal, timeout = silenceMs): Promise<boolean> {
  const begin = url.startsWith("https:") ? (await import("node:https")).get : get;
  return new Promise((resolve) => {
    const request = begin(url, { signal, agent: false, timeout }, (response) => {
      const status = response.statusCode ?? 0;
      response.destroy();
      resolve(status >= 200 && status < 400);
    });
    request.once("timeout", () => request.destroy());
    request.once("error", () => {
      resolve(false);
    });
  });
}
