/**
 * `ready: { http }`: a GET of the node's URL is answered with a 2xx status.
 */
import { get, type RequestOptions } from "node:http";

/** Whether the answer is a success. Redirects are not followed: they are somebody else's answer. */
export async function askHttp(url: string, signal: AbortSignal): Promise<boolean> {
  const options: RequestOptions = { signal, agent: false };
  const begin = url.startsWith("https:") ? (await import("node:https")).get : get;
  return new Promise((resolve) => {
    try {
      const request = begin(url, options, (response) => {
        const status = response.statusCode ?? 0;
        response.destroy();
        resolve(status >= 200 && status < 300);
      });
      request.once("error", () => {
        resolve(false);
      });
    } catch {
      resolve(false);
    }
  });
}
