/** One server-sent event. */
export interface ServerSentEvent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** Reads server-sent events off a response. */
export class EventSource {
  readonly headers: Headers;
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>;
  retryMs: number | undefined;
  readonly #events: ServerSentEvent[] = [];
  readonly #abort: AbortController;
  #changed = Promise.withResolvers<undefined>();

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
  async until(count: number): Promise<ServerSentEvent[]> {
    const early = this.ended.then(() => {
      throw new Error(`the stream has ended after ${this.#events.length} events`);
    });
    early.catch(() => undefined);
    while (this.#events.length < count) await Promise.race([this.#changed.promise, early]);
    return this.#events.slice(0, count);
  }

  close(): void {
    this.#abort.abort();
  }

  async #read({ body }: Response): Promise<void> {
    let rest = '';
    for await (const chunk of body ?? []) {
      const blocks = (rest + Buffer.from(chunk as Uint8Array).toString('utf8')).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) this.#take(block);
      this.#changed.resolve(undefined);
      this.#changed = Promise.withResolvers();
    }
  }

  #take(block: string): void {
    const fields = new Map(
      block.split('\n').flatMap((line): [string, string][] => {
        const [, name = '', value = ''] = /^(\w+): ?(.*)$/.exec(line) ?? [];
        return name === '' ? [] : [[name, value]];
      }),
    );
    if (fields.has('retry')) this.retryMs = Number(fields.get('retry'));
    const data = fields.get('data');
    if (data !== undefined) this.#events.push({ id: fields.get('id') ?? '', event: fields.get('event') ?? '', data });
  }
}
