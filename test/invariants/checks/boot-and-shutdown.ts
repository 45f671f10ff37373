/** I18: start-up enters the default mode by a real transition; shutdown answers everything and stops every node. */
import type { Check, Story } from "../story.ts";

export const bootAndShutdown: Check = (story) => [...boot(story), ...shutdown(story)];

function boot({ legs, catalogue, answers }: Story): string[] {
  const [first] = legs;
  if (first?.told.cause !== "boot" || first.told.to !== catalogue.defaultMode) {
    return ["there was no boot transition"];
  }
  const answered = answers.some(({ id }) => id === "boot-1");
  return answered ? [] : ["the boot was not answered"];
}

function shutdown(story: Story): string[] {
  const wrong: string[] = [];
  const at = story.isShutDownAt;
  const later = story.legs.filter(({ index, told }) => index > at && told.cause !== "shutdown");
  if (later.length > 0) wrong.push(`${later[0]?.requestId} began while shutting down`);
  const allowed = ["SHUTDOWN", "SHUTTING_DOWN", "SUPERSEDED", "MODE_UNKNOWN", "MALFORMED"];
  for (const { index, id, result } of story.answers) {
    if (index > at && !allowed.includes(result.reason?.code ?? "")) {
      wrong.push(`${id} was answered ${result.outcome} while shutting down`);
    }
  }
  if (!story.played.stopped) return wrong;
  for (const [node, status] of story.played.supervisor.running()) {
    if (status.state !== "stopped" && status.state !== "stuck") {
      wrong.push(`${node} is ${status.state} after the manager has stopped`);
    }
  }
  if (story.played.supervisor.place !== null) wrong.push("a clean stop did not erase the place");
  return wrong;
}
