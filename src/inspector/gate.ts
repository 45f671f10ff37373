/**
 * Who may ask: somebody at a browser on this machine, and no page of anybody else's (I13).
 *
 * A foreign page can reach a loopback port in two ways: under a name that it has had rebound to 127.0.0.1, which shows
 * in Host, and across origins, which shows in Origin and Sec-Fetch-Site. Any loopback name and port is let in, so that
 * an SSH tunnel works.
 */
import type { IncomingHttpHeaders } from "node:http";

/** Why a request is turned away. */
export interface Refusal {
  readonly status: 403 | 405 | 421;
  readonly message: string;
}

const loopbackHost = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;

/** Same-site is not enough: a page on another port of this machine is of the same site. */
const ownSites: ReadonlySet<unknown> = new Set([undefined, "same-origin", "none"]);

/** Why this request is turned away; undefined: it is let in. */
export function refusalOf(method: string | undefined, headers: IncomingHttpHeaders): Refusal | undefined {
  const { host = "", origin } = headers;
  if (!loopbackHost.test(host)) {
    const message = "This page is served under a loopback address only: use 127.0.0.1 or localhost.";
    return { status: 421, message };
  }
  const isForeign = origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`;
  // A link from elsewhere may open the page; a page elsewhere may not ask for its parts.
  const isOwn = ownSites.has(headers["sec-fetch-site"]);
  const isEmbedded = !isOwn && headers["sec-fetch-mode"] !== "navigate";
  if (isForeign || isEmbedded) return { status: 403, message: "Another site's page may not look in here." };
  if (method !== "GET") return { status: 405, message: "Read-only: GET is all there is." };
  return undefined;
}
