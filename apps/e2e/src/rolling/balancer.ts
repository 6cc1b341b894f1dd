import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Target, Targets } from './targets.js';

/** Header fields of one connection to a neighbour, and not of the message (RFC 9110, 7.6.1). */
const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'te', 'trailer', 'proxy-connection'];

interface Forwarded {
  readonly incoming: IncomingMessage;
  readonly answer: ServerResponse;
  readonly body: Buffer;
}

/**
 * A plain HTTP load balancer: round robin over the processes whose /readyz says yes, connections to them kept alive. It
 * repeats a request only as RFC 9112, 9.3.1 has it: once, when a connection that was used before ends without a byte of
 * the answer. All else is the client's to see: 502, or an answer that breaks off.
 */
export class Balancer {
  /** Requests that were sent again because a reused connection had been closed. */
  repeated = 0;
  readonly #targets: Targets;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #server: Server;

  private constructor(targets: Targets) {
    this.#targets = targets;
    this.#server = createServer((incoming, answer) => {
      this.#take(incoming, answer).catch(() => incoming.destroy());
    });
  }

  /** Resolves when it listens. */
  static async start(targets: Targets): Promise<Balancer> {
    const balancer = new Balancer(targets);
    await new Promise<void>((resolve) => balancer.#server.listen(0, '127.0.0.1', resolve));
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #take(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const target = this.#targets.next();
    if (target === undefined) answer.writeHead(503).end('no process is ready');
    else this.#forward(target, { incoming, answer, body: Buffer.concat(chunks) }, this.#agent);
  }

  /** `agent` false is a fresh connection. */
  #forward(target: Target, forwarded: Forwarded, agent: Agent | false): void {
    const { incoming, answer, body } = forwarded;
    const { hostname, port } = target.url;
    const { method, url: path } = incoming;
    const out = request({ hostname, port, agent, method, path, headers: endToEnd(incoming.headers) });
    const gone = (): void => void out.destroy();
    answer.once('close', gone);
    out.once('response', (response) => {
      answer.writeHead(response.statusCode ?? 502, endToEnd(response.headers));
      response.pipe(answer);
      // It breaks off for the client as it did here.
      response.once('error', () => answer.destroy());
    });
    out.once('error', (error) => {
      answer.off('close', gone);
      if (answer.headersSent || answer.destroyed) {
        answer.destroy();
      } else if (out.reusedSocket) {
        this.repeated += 1;
        this.#forward(target, forwarded, false);
      } else {
        answer.writeHead(502).end(`${target.url.origin}: ${error.message}`);
      }
    });
    out.end(body);
  }
}

function endToEnd(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
}
