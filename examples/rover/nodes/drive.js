// The motors. Told to stop, it ramps down for 200 ms before it ends: a rover must not be dropped at speed.
let speed = 0.4;
console.log(`drive armed at ${speed} m/s`);
const beat = setInterval(() => console.log(`${speed.toFixed(1)} m/s`), 2000);
process.on("SIGTERM", () => {
  clearInterval(beat);
  console.log("ramping down");
  setInterval(() => {
    speed -= 0.1;
    if (speed > 0.05) return;
    console.log("standing still");
    process.exit(0);
  }, 50);
});
