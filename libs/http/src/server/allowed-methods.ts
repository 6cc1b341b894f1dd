import type { FastifyInstance } from 'fastify';

interface Route {
  readonly segments: readonly string[];
  readonly methods: readonly string[];
}

/** Remembers the routes of a Fastify instance to tell 405 from 404, which Fastify does not. */
export class AllowedMethods {
  private readonly routes: Route[] = [];

  /** Call before the first route is registered. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', (route) => {
      this.routes.push({ segments: segmentsOf(route.url), methods: [route.method].flat() });
    });
  }

  /** Methods that some route offers for this path, sorted; none when no route has it. `path` without the query. */
  of(path: string): string[] {
    const wanted = segmentsOf(path);
    const methods = this.routes.filter((route) => matches(route.segments, wanted)).flatMap((route) => route.methods);
    return [...new Set(methods)].sort();
  }
}

function segmentsOf(path: string): string[] {
  return path.split('/').slice(1);
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  return (
    pattern.length === path.length &&
    pattern.every((segment, i) => (segment.startsWith(':') ? path[i] !== '' : segment === path[i]))
  );
}
