// The rover's clock: one tick a second, the base every other node leans on.
let ticks = 0;
console.log("clock ticking");
setInterval(() => {
  ticks += 1;
  console.log(`tick ${ticks}`);
}, 1000);
