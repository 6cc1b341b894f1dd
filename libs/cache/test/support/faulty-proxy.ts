import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Stands before a cache server and makes it fail when told to. */
export class FaultyProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #mood: 'well' | 'refusing' | 'hanging' = 'well';

  private constructor(target: { host: string; port: number }) {
    this.#server = createServer((client) => {
      if (this.#mood === 'refusing') client.destroy();
      else this.#join(client, connect(target));
    });
  }

  static async before(url: string): Promise<FaultyProxy> {
    const { hostname, port } = new URL(url);
    const proxy = new FaultyProxy({ host: hostname, port: Number(port) });
    await new Promise<void>((resolve) => {
      proxy.#server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  /** The same server, through this. */
  through(url: string): string {
    const { port } = this.#server.address() as AddressInfo;
    return Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href;
  }

  /** Ends what is connected; whoever comes is turned away. */
  refuse(): void {
    this.#mood = 'refusing';
    this.cut();
  }

  /** Takes everything and answers nothing, as a frozen process does. */
  hang(): void {
    this.#mood = 'hanging';
  }

  /** What was held back is lost. */
  recover(): void {
    if (this.#mood === 'hanging') this.cut();
    this.#mood = 'well';
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  get connections(): number {
    return this.#sockets.size / 2;
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: Socket, server: Socket): void {
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      from.on('data', (data) => {
        if (this.#mood !== 'hanging') to.write(data);
      });
    }
  }
}
