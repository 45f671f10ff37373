/** Reads the feed of an inspector with as many viewers as asked, and drops what it reads: `viewers.mjs URL COUNT`. */
import { get } from "node:http";

const [url, count] = process.argv.slice(2);
let open = 0;
for (let viewer = 0; viewer < Number(count); viewer += 1) {
  get(new URL("feed", url), { agent: false }, (response) => {
    response.once("data", () => {
      open += 1;
      if (open === Number(count)) console.log("all look");
    });
    response.resume();
  });
}
