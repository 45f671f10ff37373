// Sends figures home over a bad radio: it crashes now and then, and its restart policy brings it back.
// ROVER_CRASH_AFTER_MS fixes the moment; 0 keeps it alive.
const given = process.env.ROVER_CRASH_AFTER_MS ?? "";
const crashAfterMs = given === "" ? 45_000 + Math.random() * 60_000 : Number(given);
console.log("uplink open");
setInterval(() => console.log("sent battery 87 %"), 3000);
if (crashAfterMs > 0) setTimeout(loseCarrier, crashAfterMs);

function loseCarrier() {
  console.error("radio: carrier lost");
  process.exit(1);
}
