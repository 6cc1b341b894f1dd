import { connect, type Socket } from 'node:net';

/** What came back for the bytes of one request. */
export type Outcome =
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** The server ended the connection without an answer. */
  | { readonly kind: 'closed' }
  /** Nothing came within the deadline. */
  | { readonly kind: 'silent' };

export interface Answer {
  readonly status: number;
  /** Small letters; what came twice is joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** From the last byte sent to the last byte read, in ms. */
  readonly ms: number;
}

export interface Exchange {
  readonly bytes: Buffer;
  /** Of a HEAD request: the answer has no body. */
  readonly head: boolean;
  /** The connection is not used again: its request may not be one request. */
  readonly alone: boolean;
  /** ms. */
  readonly deadlineMs: number;
  /** Cut the connection after so many bytes of the request, and expect nothing. */
  readonly abortAfter?: number;
  /** For an answer without an end: true when enough of its body has come. */
  readonly enough?: (body: string) => boolean;
}

/** An HTTP/1.1 client that sends any bytes, over connections that are kept. */
export class Wire {
  readonly #port: () => number;
  readonly #idle: Socket[] = [];

  constructor(port: () => number) {
    this.#port = port;
  }

  async exchange(exchange: Exchange): Promise<Outcome> {
    const kept = exchange.alone ? undefined : this.#take();
    const outcome = await this.#on(kept ?? this.#open(), exchange);
    // The server may have ended the kept connection at that very moment, which a client repeats on a new one.
    return outcome.kind === 'closed' && kept !== undefined ? this.#on(this.#open(), exchange) : outcome;
  }

  stop(): void {
    for (const socket of this.#idle.splice(0)) socket.destroy();
  }

  #take(): Socket | undefined {
    for (let socket = this.#idle.pop(); socket !== undefined; socket = this.#idle.pop()) {
      if (!socket.destroyed && socket.readyState === 'open') return socket;
    }
    return undefined;
  }

  #open(): Socket {
    const socket = connect({ port: this.#port(), host: '127.0.0.1', noDelay: true });
    socket.on('error', () => undefined);
    return socket;
  }

  #on(socket: Socket, { bytes, head, alone, deadlineMs, abortAfter, enough }: Exchange): Promise<Outcome> {
    return new Promise((resolve) => {
      const parser = new AnswerParser(head);
      const sent = performance.now();
      const done = (outcome: Outcome, keep = false): void => {
        clearTimeout(timer);
        socket.removeAllListeners('data').removeAllListeners('close').removeAllListeners('end');
        if (keep && !alone) this.#idle.push(socket);
        else socket.destroy();
        resolve(outcome);
      };
      const answered = (keep: boolean): void => {
        const answer = parser.answer(performance.now() - sent);
        done(answer === undefined ? { kind: 'closed' } : { kind: 'answer', answer }, keep);
      };
      const timer = setTimeout(() => {
        const answer = parser.answer(performance.now() - sent);
        done(answer === undefined || enough === undefined ? { kind: 'silent' } : { kind: 'answer', answer });
      }, deadlineMs);
      socket.on('data', (chunk) => {
        parser.push(chunk);
        if (parser.complete) answered(parser.keepAlive);
        else if (enough?.(parser.bodySoFar) === true) answered(false);
      });
      socket.on('close', () => answered(false));
      if (abortAfter === undefined) socket.write(bytes);
      else socket.write(bytes.subarray(0, abortAfter), () => done({ kind: 'closed' }));
    });
  }
}

const BODILESS = new Set([204, 304]);

/** Reads one answer (RFC 9112); interim ones are skipped. */
class AnswerParser {
  readonly #head: boolean;
  #rest: Buffer = Buffer.alloc(0);
  #status = 0;
  #headers: Map<string, string> | undefined;
  #body: Buffer[] = [];
  complete = false;

  constructor(head: boolean) {
    this.#head = head;
  }

  get keepAlive(): boolean {
    return this.#headers?.get('connection')?.toLowerCase() !== 'close' && this.#rest.length === 0;
  }

  get bodySoFar(): string {
    return Buffer.concat(this.#body).toString('utf8');
  }

  answer(ms: number): Answer | undefined {
    if (this.#headers === undefined) return undefined;
    return { status: this.#status, headers: this.#headers, body: this.bodySoFar, ms };
  }

  push(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (this.#headers === undefined) if (!this.#readHead()) return;
    this.#readBody(this.#headers);
  }

  /** True when there was a whole head. */
  #readHead(): boolean {
    const end = this.#rest.indexOf('\r\n\r\n');
    if (end === -1) return false;
    const [first = '', ...lines] = this.#rest.subarray(0, end).toString('latin1').split('\r\n');
    this.#rest = this.#rest.subarray(end + 4);
    const status = Number(first.split(' ')[1]);
    // 100 and 103 come before the answer.
    if (status < 200) return true;
    this.#status = status;
    this.#headers = new Map();
    for (const line of lines) {
      const at = line.indexOf(':');
      const name = line.slice(0, at).toLowerCase();
      const before = this.#headers.get(name);
      const value = line.slice(at + 1).trim();
      this.#headers.set(name, before === undefined ? value : `${before}, ${value}`);
    }
    return true;
  }

  #readBody(headers: ReadonlyMap<string, string>): void {
    if (this.#head || BODILESS.has(this.#status)) this.complete = true;
    else if (headers.get('transfer-encoding') === 'chunked') this.#readChunks();
    else this.#readLength(headers.get('content-length'));
  }

  /** Without a length the body ends with the connection. */
  #readLength(length: string | undefined): void {
    const read = this.#body.reduce((sum, part) => sum + part.length, 0);
    const missing = length === undefined ? this.#rest.length : Math.min(Number(length) - read, this.#rest.length);
    this.#body.push(this.#rest.subarray(0, missing));
    this.#rest = this.#rest.subarray(missing);
    this.complete = read + missing === Number(length);
  }

  #readChunks(): void {
    for (;;) {
      const line = this.#rest.indexOf('\r\n');
      if (line === -1) return;
      const size = Number.parseInt(this.#rest.subarray(0, line).toString('latin1'), 16);
      if (this.#rest.length < line + 2 + size + 2) return;
      this.#body.push(this.#rest.subarray(line + 2, line + 2 + size));
      this.#rest = this.#rest.subarray(line + 2 + size + 2);
      if (size === 0) {
        this.complete = true;
        return;
      }
    }
  }
}
