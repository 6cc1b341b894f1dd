import type { FastifyInstance } from 'fastify';
import { httpProblems } from '../problems/catalogue.js';
import type { Problems } from '../problems/problem.js';
import { isHealthPath } from './health-routes.js';

/**
 * Whether a process takes requests for its own routes: `open`; `starting` (503 with Retry-After: its database or schema is
 * not there yet); `closed` for good (404: not a `web` process). Health routes are always served.
 */
export type GateState = 'open' | 'starting' | 'closed';

export function gate(fastify: FastifyInstance, problems: Problems, state: () => GateState): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const now = state();
    if (now === 'open' || isHealthPath(request.url)) {
      done();
      return;
    }
    const code = now === 'starting' ? 'HTTP-STARTING' : 'HTTP-NOT-FOUND';
    problems.send(reply, request.id, { code, kind: httpProblems[code] });
  });
}
