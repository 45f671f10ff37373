/**
 * I8, I9, I11, I14: what becomes of a request when it is read, by a second and literal reading of the rules: which
 * refusal, which of joining, waiting and beginning.
 */
import type { ManagerEvent } from "../../../src/bus/event.ts";
import type { Moment } from "../../../src/testing/journal.ts";
import type { Mode } from "../../../src/modes/catalogue.ts";
import type { Check, Sent, Story } from "../story.ts";

/** Where the manager stands, as its own events tell it. */
interface Place {
  current: string | null;
  running: { readonly id: string; readonly to: string | null; readonly undoing: boolean } | null;
  waiting: string[];
  urgentSettledAt: number | null;
  shuttingDown: boolean;
}

export const admission: Check = (story) => {
  const place: Place = {
    current: null,
    running: null,
    waiting: [],
    urgentSettledAt: null,
    shuttingDown: false,
  };
  const judged = new Set<string>();
  return story.journal.flatMap((moment) => {
    const wrong = firstWord(story, place, judged, moment);
    follow(story, place, moment);
    return wrong;
  });
};

/** Judges the first event that names a request: its acceptance or its refusal. */
function firstWord(story: Story, place: Place, judged: Set<string>, moment: Moment): string[] {
  if (moment.kind !== "event" || !["accepted", "result"].includes(moment.event.type)) return [];
  const { event } = moment;
  const sent = story.sent.find(({ id }) => id === event.id);
  if (sent === undefined || judged.has(sent.id)) return [];
  judged.add(sent.id);
  const expected = verdictOn(story, place, sent, moment.at);
  const got = event.type === "accepted" ? admitted(story, event) : refused(event);
  if (got === "SUPERSEDED" && isReplacedInBatch(story, sent, event.type === "result" ? event.data : null)) {
    return [];
  }
  return got === expected ? [] : [`${sent.id} into ${sent.request.mode}: ${got}, the rules say ${expected}`];
}

function admitted(story: Story, { id, data }: Extract<ManagerEvent, { type: "accepted" }>): string {
  if (data.position > 0) return "waits";
  return isJoined(story, id) ? "joins" : "begins";
}

function refused(event: ManagerEvent): string {
  return event.type === "result" ? (event.data.reason?.code ?? event.data.outcome) : "";
}

function verdictOn(story: Story, place: Place, sent: Sent, now: number): string {
  const { request, deadline } = sent;
  const mode = story.mode(request.mode);
  if (place.shuttingDown) return "SHUTTING_DOWN";
  if (mode === undefined) return "MODE_UNKNOWN";
  if (mode.urgent) return isEntered(place, mode) ? "joins" : "begins";
  if (deadline !== null && deadline <= now) return "DEADLINE_PASSED";
  if (isUnderUrgency(story, place, sent)) return "URGENT_RUNNING";
  return verdictOnOrdinary(story, place, request, mode);
}

function isEntered({ running }: Place, mode: Mode): boolean {
  return running !== null && running.to === mode.name && !running.undoing;
}

function isUnderUrgency(story: Story, { running, urgentSettledAt }: Place, { request, at }: Sent): boolean {
  if (running !== null && story.isUrgent(running.to)) return true;
  return urgentSettledAt !== null && request.door === "bus" && at < urgentSettledAt;
}

function verdictOnOrdinary(story: Story, place: Place, request: Sent["request"], mode: Mode): string {
  const { running, waiting, current } = place;
  if (running === null) return story.allows(mode, [current]) ? "begins" : "FROM_REFUSED";
  const policy = request.onBusy ?? story.catalogue.onBusy;
  if (isEntered(place, mode) && (policy === "preempt" || waiting.length === 0)) return "joins";
  if (policy === "reject") return "BUSY";
  if (policy === "queue") return waiting.length < 64 ? "waits" : "QUEUE_FULL";
  return story.allows(mode, [current, running.to]) ? "begins" : "FROM_REFUSED";
}

/** A joined request has an answer like the one it joined, and no transition of its own. */
function isJoined(story: Story, id: string): boolean {
  return story.legs.every((leg) => leg.requestId !== id);
}

/** Read in one batch with a later request that preempts it. */
function isReplacedInBatch(
  story: Story,
  sent: Sent,
  result: { readonly outcome: string; readonly supersededBy?: { readonly id: string } } | null,
): boolean {
  const by = story.sent.find(({ id }) => id === result?.supersededBy?.id);
  return (
    sent.request.door === "bus" && by?.request.door === "bus" && by.index > sent.index && by.at === sent.at
  );
}

/** Moves the place on by one moment. */
function follow(story: Story, place: Place, moment: Moment): void {
  if (moment.kind !== "event") return;
  const { event } = moment;
  if (event.type === "accepted" && event.data.position > 0) place.waiting.push(event.id);
  if (event.type === "transition") {
    if (event.data.cause === "shutdown") place.shuttingDown = true;
    place.waiting = place.waiting.filter((id) => id !== event.id);
    const undoing = event.data.cause === "rollback" || event.data.cause === "fallback";
    place.running = { id: event.id, to: event.data.to, undoing };
  }
  if (event.type !== "result") return;
  place.waiting = place.waiting.filter((id) => id !== event.id);
  if (place.running?.id !== event.id) return;
  if (event.data.outcome !== "superseded") {
    place.current = event.data.currentMode;
    if (story.isUrgent(place.current)) place.urgentSettledAt = moment.at;
  }
  place.running = null;
}
