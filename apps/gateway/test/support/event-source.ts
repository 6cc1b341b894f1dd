import { WakeUp } from '@dozen/kernel';
import { type EventSourceMessage, EventSourceParserStream } from 'eventsource-parser/stream';

/** One stream of an order's events, as its client has them. */
export class EventSource {
  readonly headers: Headers;
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>;
  retryMs: number | undefined;
  readonly #events: EventSourceMessage[] = [];
  readonly #abort: AbortController;
  readonly #changed = new WakeUp();

  private constructor(response: Response, abort: AbortController) {
    this.headers = response.headers;
    this.#abort = abort;
    this.ended = this.#read(response);
    this.ended.catch(() => undefined);
  }

  static async open(url: URL, headers: Record<string, string>): Promise<EventSource> {
    const abort = new AbortController();
    const response = await fetch(url, { headers, signal: abort.signal });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return new EventSource(response, abort);
  }

  /** The first `count` events, once they are there. Rejects when the stream ends before. */
  async until(count: number): Promise<EventSourceMessage[]> {
    const early = this.ended.then(() => {
      throw new Error(`the stream has ended after ${this.#events.length} events`);
    });
    early.catch(() => undefined);
    while (this.#events.length < count) {
      this.#changed.clear();
      await Promise.race([this.#changed.wait(), early]);
    }
    return this.#events.slice(0, count);
  }

  close(): void {
    this.#abort.abort();
  }

  async #read({ body }: Response): Promise<void> {
    if (body === null) return;
    const parser = new EventSourceParserStream({ onError: 'terminate', onRetry: (ms) => (this.retryMs = ms) });
    for await (const event of body.pipeThrough(new TextDecoderStream()).pipeThrough(parser)) {
      this.#events.push(event);
      this.#changed.wake();
    }
  }
}
