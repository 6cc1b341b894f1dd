import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands before a server and, when told to, keeps what it says back and delivers it in one piece. */
export class HoldingProxy {
  readonly #server: Server;
  readonly #clients = new Set<Socket>();
  #from: string | undefined;
  #held: Buffer[] | undefined;

  private constructor(target: { host: string; port: number }) {
    this.#server = createServer((client) => {
      this.#clients.add(client);
      const server = connect(target);
      client.on('error', () => server.destroy()).pipe(server);
      server.on('error', () => client.destroy());
      server.on('data', (data) => {
        if (this.#from !== undefined && data.includes(this.#from)) this.#held ??= [];
        if (this.#held === undefined) client.write(data);
        else this.#held.push(data);
      });
    });
  }

  static async before(url: string): Promise<HoldingProxy> {
    const { hostname, port } = new URL(url);
    const proxy = new HoldingProxy({ host: hostname, port: Number(port) });
    await new Promise<void>((resolve) => {
      proxy.#server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  /** The same database, through this. */
  through(url: string): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy does not listen');
    return Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(address.port) }).href;
  }

  /** Keeps everything back from the first piece on in which this is. */
  holdFrom(text: string): void {
    this.#from = text;
  }

  get held(): string {
    return Buffer.concat(this.#held ?? []).toString('latin1');
  }

  deliver(): void {
    const data = Buffer.concat(this.#held ?? []);
    this.#held = this.#from = undefined;
    for (const client of this.#clients) client.write(data);
  }

  close(): void {
    for (const client of this.#clients) client.destroy();
    this.#server.close();
  }
}
