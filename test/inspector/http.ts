/** Raw HTTP to an inspector: with any method and header, which fetch would not send. */
import { request, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import type { Frame } from "../../src/inspector/frame.ts";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

function send(
  base: string,
  path: string,
  method: string,
  headers: OutgoingHttpHeaders,
): Promise<IncomingMessage> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, method, headers, agent: false })
      .once("response", resolve)
      .once("error", reject)
      .end();
  });
}

/** Asks, and reads the whole answer. */
export async function ask(
  base: string,
  path: string,
  { method = "GET", headers = {} }: { readonly method?: string; readonly headers?: OutgoingHttpHeaders } = {},
): Promise<Answer> {
  const response = await send(base, path, method, headers);
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text: Buffer.concat(chunks).toString("utf8"),
  };
}

/** The frames of a feed, one after the other. */
export class FeedReader implements AsyncDisposable {
  /** The id of the last frame. */
  id = "";
  readonly #response: IncomingMessage;
  readonly #frames: AsyncGenerator<Frame>;

  private constructor(response: IncomingMessage) {
    this.#response = response;
    this.#frames = this.#read();
  }

  static async open(base: string, headers: OutgoingHttpHeaders = {}): Promise<FeedReader> {
    return new FeedReader(await send(base, "/feed", "GET", headers));
  }

  get status(): number {
    return this.#response.statusCode ?? 0;
  }

  async next(): Promise<Frame> {
    const { done, value } = await this.#frames.next();
    if (done === true) throw new Error("the feed has ended");
    return value;
  }

  /** Frames up to the first that passes. */
  async until(passes: (frame: Frame) => boolean): Promise<readonly Frame[]> {
    const frames: Frame[] = [];
    do frames.push(await this.next());
    while (!passes(frames.at(-1)!));
    return frames;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#response.destroy();
    return Promise.resolve();
  }

  async *#read(): AsyncGenerator<Frame> {
    let rest = "";
    for await (const chunk of this.#response.setEncoding("utf8") as AsyncIterable<string>) {
      const messages = (rest + chunk).split("\n\n");
      rest = messages.pop() ?? "";
      for (const message of messages) {
        const fields = new Map(message.split("\n").map((line) => [line.split(":", 1)[0], line]));
        if (fields.has("event")) continue;
        this.id = fields.get("id")?.slice(4) ?? "";
        yield JSON.parse(fields.get("data")?.slice(6) ?? "") as Frame;
      }
    }
  }
}
