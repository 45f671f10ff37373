/** What the statechart costs: making it from a catalogue, and one pure step of it. */
import { bench, describe } from "vitest";
import { createActor, initialTransition, transition } from "xstate";
import { createModeMachine } from "../src/machines/mode-machine.ts";
import { manyModes } from "./robots.ts";

for (const modeCount of [10, 100, 1000]) {
  const catalogue = manyModes(modeCount);
  const machine = createModeMachine(catalogue);
  const [initial] = initialTransition(machine);
  const [booting] = transition(machine, initial, { type: "boot", mode: "mode0", epoch: 1 });
  const request = { type: "mode.request", mode: "mode5", requestId: "r" } as const;

  describe(`${modeCount} modes`, () => {
    bench("create the machine", () => void createModeMachine(catalogue));
    bench("create the machine and start an actor", () => {
      createActor(createModeMachine(catalogue)).start().stop();
    });
    bench("a request, as a pure transition", () => void transition(machine, booting, request));
  });
}
