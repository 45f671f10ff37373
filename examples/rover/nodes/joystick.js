// Hands the operator's stick positions to the drive. It conflicts with the planner: only one may steer.
console.log("stick centred");
setInterval(() => console.log("stick x=0.00 y=0.35"), 2000);
