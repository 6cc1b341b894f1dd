import type { Health } from '@dozen/shutdown';
import type { FastifyInstance } from 'fastify';

/** Path → which of `Health`'s reports it serves. */
const PROBES = { '/livez': 'live', '/readyz': 'ready', '/startupz': 'startup' } as const;
const VERSION = '/version';

/** True for what the platform asks, whatever the process types and however far the start is. `url` may have a query. */
export function isHealthPath(url: string): boolean {
  const path = url.split('?', 1)[0] ?? '';
  return Object.hasOwn(PROBES, path) || path === VERSION;
}

/**
 * GET /livez /readyz /startupz: 200 or 503 with every check; a failed one says why, and which command helps. GET /version:
 * what runs here. Plain Fastify routes: no guard, no pipe, and there before any module of the service is.
 */
export function healthRoutes(
  fastify: FastifyInstance,
  health: Pick<Health, 'report'>,
  version: () => Readonly<Record<string, unknown>>,
): void {
  for (const [path, kind] of Object.entries(PROBES)) {
    fastify.get(path, async (_request, reply) => {
      const report = await health.report(kind);
      return reply
        .code(report.ok ? 200 : 503)
        .header('Cache-Control', 'no-store')
        .send(report);
    });
  }
  fastify.get(VERSION, (_request, reply) => reply.header('Cache-Control', 'no-store').send(version()));
}
