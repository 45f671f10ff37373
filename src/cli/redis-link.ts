/** The way to a manager over Redis. */
import { ModeshiftError } from "../errors.ts";
import type { ManagerLink } from "./manager-link.ts";

/** Stub. */
export function connectRedis(
  _url: string,
  _namespace: string,
  _door: ManagerLink | null,
): Promise<ManagerLink> {
  return Promise.reject(new ModeshiftError("BUS_UNAVAILABLE", "not yet"));
}
