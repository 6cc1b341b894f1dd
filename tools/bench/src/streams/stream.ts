/** One client that follows an order, and what it noticed. */
export class Stream {
  /** ms from what happened to its arrival here, both by this machine's wall clock. */
  readonly latencies: number[] = [];
  /** Events that did not have the position after the last one. */
  misplaced = 0;
  /** Undefined while it is open. */
  ended: string | undefined;
  #last = 0;

  private constructor(
    response: Response,
    private readonly from: number,
  ) {
    this.#read(response).then(
      () => (this.ended = 'the server ended it'),
      (error: unknown) => (this.ended = String(error)),
    );
  }

  static async open(url: URL, token: string, signal: AbortSignal): Promise<Stream> {
    const from = Date.now();
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` }, signal });
    if (!response.ok) throw new Error(`${url.href}: ${response.status} ${await response.text()}`);
    return new Stream(response, from);
  }

  async #read({ body }: Response): Promise<void> {
    let rest = '';
    for await (const chunk of body ?? []) {
      const blocks = (rest + Buffer.from(chunk as Uint8Array).toString('utf8')).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) this.#take(block);
    }
  }

  #take(block: string): void {
    const position = Number(/^id: (\d+)$/m.exec(block)?.[1] ?? NaN);
    if (Number.isNaN(position)) return;
    if (position !== this.#last + 1) this.misplaced += 1;
    this.#last = position;
    const data = /^data: (.*)$/m.exec(block)?.[1] ?? '{}';
    const happened = Date.parse((JSON.parse(data) as { time: string }).time);
    // What was there before the stream is no news.
    if (happened > this.from) this.latencies.push(Date.now() - happened);
  }
}
