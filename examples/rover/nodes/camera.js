// A camera that needs 300 ms to open its device. Ready means its log says so (ready: { log: streaming }).
const device = process.env.CAMERA ?? "/dev/video0";
console.log(`opening ${device}`);
setTimeout(() => {
  let frames = 0;
  console.log("streaming 640x480 at 30 fps");
  setInterval(() => {
    frames += 60;
    console.log(`${frames} frames`);
  }, 2000);
}, 300);
