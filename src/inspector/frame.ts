/**
 * A message of the feed, and how it is printed: what every viewer is sent anew, the events and the picture, is printed
 * once and kept, so that viewers who come again and again do not hold the manager up.
 */
import type { ManagerEvent } from "../bus/event.ts";
import type { NodeNow, Picture, StatePicture } from "./picture.ts";

/** A message of the feed. Private to the page that comes with it. */
export interface Frame {
  /** Events since the last frame; with `picture`, the kept ones, oldest first. */
  readonly events: readonly ManagerEvent[];
  /** The next frame goes on at once: what is shown is current only when it has no `more`. */
  readonly more?: true;
  /** Present when it has changed, and at the beginning. */
  readonly state?: StatePicture;
  /** Every node as it is now: at the beginning. */
  readonly nodes?: readonly NodeNow[];
  /** Nodes that are starting and have a process by now, which no event tells. */
  readonly spawned?: readonly NodeNow[];
  /** Present: forget everything before. */
  readonly picture?: Picture;
  /** The manager's wall clock, ms since the Unix epoch: the viewer's may differ. */
  readonly now: number;
  /** The manager has stopped. */
  readonly ended: boolean;
}

const texts = new WeakMap<object, string>();

/** The frame as JSON. Events and pictures must not change any more. */
export function printFrame({ events, picture, ...rest }: Frame): string {
  const parts = [`"events":[${events.map((event: ManagerEvent) => printOnce(event)).join(",")}]`];
  if (picture !== undefined) parts.push(`"picture":${printOnce(picture)}`);
  return `{${parts.join(",")},${JSON.stringify(rest).slice(1)}`;
}

function printOnce(value: object): string {
  const known = texts.get(value);
  if (known !== undefined) return known;
  const text = JSON.stringify(value);
  texts.set(value, text);
  return text;
}
