import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as Listener } from 'node:net';
import type { Duplex } from 'node:stream';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** What a socket is doing. */
interface Connection {
  /** Requests whose answer is not out yet. */
  readonly open: Map<IncomingMessage, ServerResponse>;
  /** Sweeps in a row that found it without a request. */
  silent: number;
  /** Sweeps in a row that found the same bytes of an answer waiting for the client. */
  stuck: number;
  waiting: number;
}

/** How the end of a server goes. */
const POLICY = {
  sweepEveryMs: 25,
  /**
   * A connection without a request goes after so many sweeps (250 ms): it may have been accepted just before the listener
   * closed. Sweeps and not ms, because a process that is starved of CPU has not read yet what has long arrived.
   */
  silentSweeps: 10,
  /** A body that is still incomplete after so many ms is not coming. */
  stalledBodyMs: 5000,
  /** An answer of which the client took nothing for so many sweeps (5 s) is not read; sweeps, for the same reason. */
  stuckSweeps: 200,
};

/**
 * Ends an HTTP server without dropping a request that was taken. Node's own close() destroys connections that are idle at
 * that instant, and waits for ever for one that never sent a byte (a browser's or balancer's pre-connect). So:
 *
 * 1. draining begins: every answer says `Connection: close`; the listener stays open for the grace, so that busy clients are
 *    told on their next answer instead of being cut between two requests;
 * 2. the listener closes: nothing new comes in;
 * 3. until no connection is left: those without a request go after a quarter second, those with one when it is answered,
 *    those whose body has stalled, or whose client does not read, after five seconds;
 * 4. Fastify closes.
 */
export class Connections {
  private readonly connections = new Map<Duplex, Connection>();

  constructor(
    private readonly fastify: FastifyInstance,
    private readonly draining: () => boolean,
  ) {}

  /** Call before the server listens. */
  watch(server: Server): void {
    server.on('connection', (socket) => {
      this.connections.set(socket, { open: new Map(), silent: 0, stuck: 0, waiting: 0 });
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

  /** Whether a whole request of the connection waits for its answer, or some answer has begun. */
  answering(socket: Duplex): boolean {
    const open = [...(this.connections.get(socket)?.open ?? [])];
    return open.some(([request, response]) => request.complete || response.headersSent);
  }

  /** Resolves when the last connection is gone. `graceMs`: how long to go on accepting. */
  async close(graceMs: number): Promise<void> {
    await turn(graceMs);
    // The close of net.Server and not of http.Server, which would destroy idle connections at once.
    Listener.prototype.close.call(this.fastify.server);
    const since = Date.now();
    while (this.connections.size > 0) {
      await turn(POLICY.sweepEveryMs);
      this.sweep(Date.now() - since);
    }
    await this.fastify.close();
  }

  private track(request: IncomingMessage, response: ServerResponse): void {
    const connection = this.connections.get(request.socket);
    connection?.open.set(request, response);
    response.once('close', () => connection?.open.delete(request));
  }

  private sweep(elapsedMs: number): void {
    for (const [socket, connection] of this.connections) {
      const { open } = connection;
      connection.silent = open.size === 0 ? connection.silent + 1 : 0;
      const stalled = elapsedMs >= POLICY.stalledBodyMs && [...open.keys()].some((request) => !request.complete);
      const waiting = bytesWaiting(socket);
      connection.stuck = waiting > 0 && waiting === connection.waiting ? connection.stuck + 1 : 0;
      connection.waiting = waiting;
      if (stalled || connection.silent >= POLICY.silentSweeps || connection.stuck >= POLICY.stuckSweeps) {
        socket.destroy();
      }
    }
  }
}

/**
 * Falls with every byte that the kernel takes. `writableLength` falls when a whole chunk is out, and an answer may be one;
 * the handle's queue is what Node itself looks at before it calls a socket idle.
 */
function bytesWaiting(socket: Duplex): number {
  const { _handle: handle } = socket as { readonly _handle?: { readonly writeQueueSize?: unknown } | null };
  const queued = handle?.writeQueueSize;
  return socket.writableLength + (typeof queued === 'number' ? queued : 0);
}

/** Ends right after a poll phase: whatever had arrived by then, connections and bytes, has been taken in. */
async function turn(ms: number): Promise<void> {
  await sleep(ms);
  await setImmediate();
}
