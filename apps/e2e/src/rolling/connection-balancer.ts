import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Targets } from './targets.js';

/**
 * A load balancer that knows nothing of HTTP: each new connection goes to the next ready process and stays there, ready
 * or not, until one side ends it (kube-proxy, most TCP balancers). Only the process can tell its clients to go elsewhere.
 */
export class ConnectionBalancer {
  readonly #targets: Targets;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor(targets: Targets) {
    this.#targets = targets;
    this.#server = createServer((socket) => {
      this.#join(socket);
    });
  }

  /** Resolves when it listens. */
  static async start(targets: Targets): Promise<ConnectionBalancer> {
    const balancer = new ConnectionBalancer(targets);
    await new Promise<void>((resolve) => balancer.#server.listen(0, '127.0.0.1', resolve));
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #join(client: Socket): void {
    const target = this.#targets.next();
    if (target === undefined) {
      client.destroy();
      return;
    }
    const { hostname, port } = target.url;
    const process = connect(Number(port), hostname);
    for (const [from, to] of [
      [client, process],
      [process, client],
    ] as const) {
      this.#sockets.add(from);
      from.pipe(to);
      // The end of one is the end of the other, with its reset.
      from.once('error', () => to.resetAndDestroy());
      from.once('close', () => {
        this.#sockets.delete(from);
        to.end();
      });
    }
  }
}
