import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';

/**
 * HEAD is answered by the route of GET (RFC 9110 section 9.3.2). Fastify reads a body that is a stream to its end, for
 * nobody; an event stream has none, and would stay with all that feeds it.
 */
export function headWithoutStreams(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, _reply, payload, done) => {
    if (request.method === 'HEAD' && payload instanceof Readable) payload.destroy();
    done();
  });
}
