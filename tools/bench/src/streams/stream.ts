import { type EventSourceMessage, EventSourceParserStream } from 'eventsource-parser/stream';

export interface Following {
  readonly url: URL;
  readonly token: string;
  readonly signal: AbortSignal;
}

/** One client that follows an order, and what it noticed. */
export class Stream {
  /** ms from what happened to its arrival here, both by this machine's wall clock. */
  readonly latencies: number[] = [];
  /** Events that did not have the position after the last one. */
  misplaced = 0;
  /** Position of the last event. */
  last = 0;
  /** Undefined while it is open. */
  ended: string | undefined;
  readonly #from = Date.now();
  #connection = new AbortController();

  private constructor(private readonly following: Following) {}

  static async open(following: Following): Promise<Stream> {
    const stream = new Stream(following);
    await stream.#connect();
    return stream;
  }

  /** Loses its connection and comes back for what is after its last event. */
  async reconnect(): Promise<void> {
    this.#connection.abort();
    await this.#connect();
  }

  async #connect(): Promise<void> {
    const { url, token, signal } = this.following;
    const connection = new AbortController();
    this.#connection = connection;
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${token}`, ...(this.last > 0 ? { 'last-event-id': String(this.last) } : {}) },
      signal: AbortSignal.any([signal, connection.signal]),
    });
    if (!response.ok) throw new Error(`${url.href}: ${response.status} ${await response.text()}`);
    const end = (why: string): void => {
      if (!connection.signal.aborted) this.ended = why;
    };
    this.#read(response).then(
      () => end('the server ended it'),
      (error: unknown) => end(String(error)),
    );
  }

  async #read({ body }: Response): Promise<void> {
    if (body === null) return;
    const parser = new EventSourceParserStream({ onError: 'terminate' });
    for await (const event of body.pipeThrough(new TextDecoderStream()).pipeThrough(parser)) this.#take(event);
  }

  #take({ id, data }: EventSourceMessage): void {
    const position = Number(id);
    if (position !== this.last + 1) this.misplaced += 1;
    this.last = position;
    const happened = Date.parse((JSON.parse(data) as { time: string }).time);
    // What was there before the stream is no news.
    if (happened > this.#from) this.latencies.push(Date.now() - happened);
  }
}
