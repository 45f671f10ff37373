// A lidar that spins up for 150 ms before its scans can be trusted.
console.log("spinning up");
setTimeout(() => {
  console.log("at 600 rpm");
  setInterval(() => console.log("scan of 360 points"), 2500);
}, 150);
