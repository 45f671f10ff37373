/**
 * Who holds a lease: `<epoch>:<host>/<pid>/<random>`, and whether that process still lives, as far as this machine can
 * tell.
 */
import { existsSync, readFileSync, readlinkSync } from "node:fs";

/** Where our process ids count: this boot of this machine, and this container. "" when that cannot be told. */
export const ownPlace = readPlace();

function readPlace(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot}/${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return "";
  }
}

/** Only certain when its pid is one of ours: `place` is where it counts. */
export function isDead(token: string, place: string): boolean {
  const pid = holderOf(token).split("/")[1] ?? "";
  return ownPlace !== "" && place === ownPlace && /^\d+$/.test(pid) && !existsSync(`/proc/${pid}`);
}

/** `<host>/<pid>/<random>`. */
export function holderOf(token: string): string {
  return token.slice(token.indexOf(":") + 1);
}

/** The machine's name. */
export function hostOf(holder: string): string {
  return holder.split("/", 1)[0] ?? "";
}
