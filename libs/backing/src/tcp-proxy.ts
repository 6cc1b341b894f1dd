import { connect, createServer, type Server, type Socket } from 'node:net';
import { PassThrough, type Transform } from 'node:stream';

/** Stands between clients and a server, and makes the network bad when told to. */
export class TcpProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #refusing = false;
  #swallowing = false;
  #delayMs = 0;

  private constructor(targetPort: () => number) {
    this.#server = createServer((client) => {
      if (this.#refusing) reset(client);
      else this.#join(client, connect({ host: '127.0.0.1', port: targetPort() }));
    });
  }

  /** `targetPort` is asked for each connection: the server may come to know it after the proxy's own. */
  static async start(targetPort: () => number): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetPort);
    await new Promise<void>((resolve) => {
      proxy.#server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy does not listen');
    return address.port;
  }

  /** Clients that are connected. */
  get connections(): number {
    return this.#sockets.size / 2;
  }

  /** Resets every open connection. */
  cut(): void {
    for (const socket of this.#sockets) reset(socket);
  }

  /** New connections are reset at once, until told otherwise. */
  refuse(refusing: boolean): void {
    this.#refusing = refusing;
    if (refusing) this.cut();
  }

  /** What the server says is lost, until told otherwise: then open connections are reset, since they miss a part. */
  swallow(swallowing: boolean): void {
    this.#swallowing = swallowing;
    if (!swallowing) this.cut();
  }

  /** Each piece of data is late by so many ms; 0 ends it. */
  slow(delayMs: number): void {
    this.#delayMs = delayMs;
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
      // A reset of one side is the other side's reset: that is what the fault is for.
      from.on('error', () => reset(to));
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      from.setNoDelay(true);
      from.pipe(this.#delay(() => this.#swallowing && from === server)).pipe(to);
    }
  }

  #delay(lost: () => boolean): Transform {
    const delayMs = () => this.#delayMs;
    return new PassThrough({
      transform(chunk, _encoding, done) {
        const ms = delayMs();
        if (lost()) done();
        else if (ms === 0) done(null, chunk);
        else setTimeout(() => done(null, chunk), ms);
      },
    });
  }
}

/**
 * Node never closes a socket that is reset while its end is under way, and the process could not exit; one that still
 * connects would be reset when it is connected, which may be never.
 */
function reset(socket: Socket): void {
  if (socket.writableEnded || socket.connecting) socket.destroy();
  else socket.resetAndDestroy();
}
