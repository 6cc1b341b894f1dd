import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** What a socket is doing. */
interface Connection {
  /** Requests whose answer is not out yet. */
  open: Set<IncomingMessage>;
}

/** How the end of a server goes, in ms. */
const POLICY = {
  /** A connection accepted just before the listener closed may still send its first request. */
  lateRequestMs: 250,
  /** A body that is still on its way this long after is not coming. */
  stalledBodyMs: 5000,
  sweepEveryMs: 25,
};

/**
 * Ends an HTTP server without dropping a request that was taken. Node's own close() destroys connections that are idle at
 * that instant, and waits for ever for one that never sent a byte (a browser's or balancer's pre-connect). So:
 *
 * 1. draining begins: every answer says `Connection: close`; the listener stays open for the grace, so that busy clients are
 *    told on their next answer instead of being cut between two requests;
 * 2. the listener closes: nothing new comes in;
 * 3. until no connection is left: those without a request go after a quarter second, those with one when it is answered,
 *    those whose body has stalled after five seconds.
 */
export class Connections {
  private readonly connections = new Map<Socket, Connection>();

  constructor(
    private readonly fastify: FastifyInstance,
    private readonly draining: () => boolean,
  ) {}

  /** Call before the server listens. */
  watch(server: Server): void {
    server.on('connection', (socket) => {
      this.connections.set(socket, { open: new Set() });
      socket.once('close', () => this.connections.delete(socket));
    });
    server.prependListener('request', (request, response) => this.track(request, response));
    this.fastify.addHook('onSend', (_request, reply, _payload, done) => {
      if (this.draining()) {
        void reply.header('Connection', 'close');
      }
      done();
    });
  }

  /** Resolves when the last connection is gone. `graceMs`: how long to go on accepting. */
  async close(graceMs: number): Promise<void> {
    await sleep(graceMs);
    const closed = this.fastify.close();
    const since = Date.now();
    while (this.connections.size > 0) {
      this.sweep(Date.now() - since);
      await sleep(POLICY.sweepEveryMs);
    }
    await closed;
  }

  private track(request: IncomingMessage, response: ServerResponse): void {
    const connection = this.connections.get(request.socket);
    connection?.open.add(request);
    response.once('close', () => connection?.open.delete(request));
  }

  private sweep(elapsedMs: number): void {
    for (const [socket, { open }] of this.connections) {
      const silent = open.size === 0 && elapsedMs >= POLICY.lateRequestMs;
      const stalled = elapsedMs >= POLICY.stalledBodyMs && [...open].some((request) => !request.complete);
      if (silent || stalled) {
        socket.destroy();
      }
    }
  }
}
