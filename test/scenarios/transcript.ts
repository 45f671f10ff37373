/**
 * Runs a scenario: blocks of commands, each followed by `----` and what it made the manager tell, with the time.
 *
 * Gives the whole text as it ought to read, to be compared with the file. Commands: `catalogue` with YAML below it,
 * `node`, `boot`, the steps of step-text.ts, `settle`, `status`, `plan <mode>`.
 */
import { parseCatalogue } from "../../src/config/load-catalogue.ts";
import { messageOf } from "../../src/errors.ts";
import type { Catalogue } from "../../src/modes/catalogue.ts";
import { isRunning } from "../../src/modes/observation.ts";
import type { FakeBehaviour } from "../../src/testing/fake-process.ts";
import { Stage } from "../../src/testing/stage.ts";
import { behavioursOf } from "./behaviour-text.ts";
import { eventText } from "./event-text.ts";
import { stepOf } from "./step-text.ts";
import { word, wordsOf } from "./words.ts";

const end = "----";

/** The scenario with what really happens in the place of what was expected. */
export async function replay(text: string, file: string): Promise<string> {
  const scene = new Scene(file);
  const blocks = blocksOf(text);
  const written: string[] = [];
  for (const [index, block] of blocks.entries()) {
    const output = await scene.run(block.commands, index === blocks.length - 1);
    written.push([...block.preface, ...block.commands, end, ...output, ""].join("\n"));
  }
  await scene.close();
  return written.join("\n");
}

interface Block {
  /** Comments and empty lines before the commands. */
  readonly preface: readonly string[];
  readonly commands: readonly string[];
}

/** What stands between `----` and the next empty line is output, and is made anew. */
function blocksOf(text: string): Block[] {
  const blocks: { preface: string[]; commands: string[] }[] = [];
  let block: { preface: string[]; commands: string[] } | undefined;
  let isOutput = false;
  for (const line of text.split("\n")) {
    if (isOutput) isOutput = line !== "";
    else if (line === end) {
      isOutput = true;
      block = undefined;
    } else {
      if (block === undefined && line === "") continue;
      if (block === undefined) blocks.push((block = { preface: [], commands: [] }));
      const isPreface = block.commands.length === 0 && (line === "" || line.startsWith("#"));
      (isPreface ? block.preface : block.commands).push(line);
    }
  }
  return blocks.filter(({ commands }) => commands.length > 0);
}

class Scene {
  readonly #file: string;
  readonly #scripts = new Map<string, FakeBehaviour[]>();
  #catalogue: Catalogue | undefined;
  #stage: Stage | undefined;
  #told = 0;

  constructor(file: string) {
    this.#file = file;
  }

  async run(commands: readonly string[], isLast: boolean): Promise<string[]> {
    try {
      return await this.#runAll(commands);
    } catch (error) {
      const isTheStory = isLast || this.#stage === undefined;
      if (!isTheStory) throw error;
      return messageOf(error)
        .split("\n")
        .map((line) => line.trimEnd());
    }
  }

  async close(): Promise<void> {
    await this.#stage?.stop();
  }

  async #runAll(commands: readonly string[]): Promise<string[]> {
    if (commands[0] === "catalogue") {
      this.#catalogue = parseCatalogue(commands.slice(1).join("\n"), { file: this.#file });
      return ["ok"];
    }
    const answers: string[] = [];
    for (const command of commands) answers.push(...(await this.#command(command)));
    return answers;
  }

  async #command(command: string): Promise<string[]> {
    const [verb, ...words] = wordsOf(command);
    if (verb === "node") this.#script(words);
    else if (verb === "boot") {
      this.#stage = new Stage(this.#needCatalogue(), this.#scripts);
      await this.#stage.boot();
    } else if (verb === "settle") await this.#needStage().settle();
    else if (verb === "status") return [...this.#news(), ...this.#status()];
    else if (verb === "plan") return [...this.#news(), ...this.#plan(words[0] ?? "")];
    else if (verb === "stop") await this.#needStage().stop();
    else {
      const step = stepOf(command);
      if (step === undefined) throw new Error(`'${command}' is no command`);
      await this.#needStage().take(step);
      await this.#needStage().clock.settle();
    }
    return this.#news();
  }

  #script(words: readonly string[]): void {
    const [node = "", ...behaviour] = words;
    const behaviours = behavioursOf(behaviour);
    if (this.#stage === undefined) this.#scripts.set(node, behaviours);
    else this.#stage.supervisor.script(node, behaviours);
  }

  /** What has happened since it was asked last. */
  #news(): string[] {
    const journal = this.#stage?.journal ?? [];
    const news = journal.slice(this.#told);
    this.#told = journal.length;
    return news.flatMap((moment) => {
      if (moment.kind === "fault") return [`${moment.at}ms FAULT ${moment.message}`];
      const line = moment.kind === "event" ? eventText(moment.event) : undefined;
      return line === undefined ? [] : [`${moment.at}ms ${line}`];
    });
  }

  #status(): string[] {
    const { mode, target, phase, health, waiting, waitingFor, nodes } = this.#needStage().manager.state;
    const running = [...nodes].filter(([, status]) => isRunning(status));
    return [
      `mode ${mode ?? "none"}, target ${target ?? "none"}, ${phase}, health ${health.status}`,
      ...health.reasons.map(({ message }) => `  ${message}`),
      `running: ${running.map(([node, { state }]) => `${word(node)} ${state}`).join(", ") || "nothing"}`,
      ...(waiting.length === 0 ? [] : [`waiting: ${waiting.join(", ")}`]),
      ...(waitingFor.length === 0 ? [] : [`waiting for: ${waitingFor.map(word).join(", ")}`]),
    ];
  }

  #plan(mode: string): string[] {
    const { stopWaves, startWaves, keep, refusal } = this.#needStage().manager.plan(mode);
    const waves = (list: readonly (readonly string[])[]): string =>
      list.map((wave) => wave.map(word).join(" ")).join(" | ") || "nothing";
    return [
      `stop: ${waves(stopWaves)}`,
      `start: ${waves(startWaves)}`,
      `keep: ${keep.map(word).join(" ") || "nothing"}`,
      ...(refusal === null ? [] : [`refused: ${refusal.code}: ${refusal.message}`]),
    ];
  }

  #needCatalogue(): Catalogue {
    if (this.#catalogue === undefined) throw new Error("the scenario has no catalogue yet");
    return this.#catalogue;
  }

  #needStage(): Stage {
    if (this.#stage === undefined) throw new Error("the scenario has not booted yet");
    return this.#stage;
  }
}
