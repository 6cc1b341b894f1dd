import { OTHER } from '@dozen/telemetry';
import type { FastifyRequest } from 'fastify';

/** Others are whatever a client likes to send. */
const METHODS: ReadonlySet<string> = new Set('GET HEAD POST PUT PATCH DELETE OPTIONS CONNECT TRACE'.split(' '));
/** `error.type` of a request that its client broke off: as Node calls it. */
export const BROKEN_OFF = 'ECONNRESET';

/** `http.request.method` by the semantic conventions. */
export function methodOf({ method }: FastifyRequest): string {
  return METHODS.has(method) ? method : OTHER;
}
