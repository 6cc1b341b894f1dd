import { Agent, get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

const ANSWER_WITHIN_MS = 10_000;

/**
 * Connections that are used for one request after another for as long as the server lets them, as many as there are
 * clients. No request is repeated.
 */
export class HeldConnections {
  /** Answers that said `Connection: close`. */
  told = 0;
  readonly #agent: Agent;
  readonly #baseUrl: string;
  readonly #headers: { authorization: string };

  constructor(baseUrl: string, { authorization, clients }: { authorization: string; clients: number }) {
    this.#baseUrl = baseUrl;
    this.#headers = { authorization };
    this.#agent = new Agent({ keepAlive: true, maxSockets: clients });
  }

  /** Rejects when the answer is not 200, or does not come within 10 s. */
  async read(path: string): Promise<void> {
    const options = { agent: this.#agent, headers: this.#headers, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) };
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      get(new URL(path, this.#baseUrl), options, resolve).once('error', reject);
    });
    const body = await text(answer);
    if (answer.statusCode !== 200) throw new Error(`GET ${path}: ${answer.statusCode} ${body}`);
    if (answer.headers.connection === 'close') this.told += 1;
  }

  close(): void {
    this.#agent.destroy();
  }
}
