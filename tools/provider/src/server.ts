import { createHash, timingSafeEqual } from 'node:crypto';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { charge, chargeRequest, type ChargeRequest } from './charging.js';
import { ProviderError, providerErrors } from './errors.js';
import type { ChargeStore } from './store.js';

const chargesQuery = {
  type: 'object',
  properties: { key: { type: 'string' }, after: { type: 'string' }, limit: { type: 'integer', minimum: 1 } },
} as const;

export interface ProviderServerOptions {
  readonly store: ChargeStore;
  readonly slowMs: number;
  /** What every request but that of the probe must show. */
  readonly key: string;
}

/** The HTTP server, not yet listening. It closes the store with itself. */
export function createServer({ store, slowMs, key: secret }: ProviderServerOptions): FastifyInstance {
  // A held connection (tok_timeout) must not keep the process from ending.
  const app = Fastify({ forceCloseConnections: true });
  const closing = new AbortController();
  app.addHook('preClose', () => closing.abort());
  app.addHook('onClose', () => store.close());

  app.setErrorHandler(answerError);

  app.addHook('onRequest', async (request, reply) => {
    if (request.url === '/livez' || shows(request.headers.authorization, secret)) return;
    reply.header('www-authenticate', 'Bearer');
    throw new ProviderError('PROVIDER-UNAUTHORIZED', 'the request shows no key, or another one');
  });

  app.get('/livez', () => ({ status: 'ok' }));
  chargeRoutes(app, { store, slowMs, signal: closing.signal });
  paymentRoutes(app, store);
  return app;
}

function answerError(error: Error & { statusCode?: number }, _request: FastifyRequest, reply: FastifyReply) {
  if (error instanceof ProviderError) {
    return reply.code(providerErrors[error.code]).send({ code: error.code, message: error.message });
  }
  // Fastify's own: no JSON, a body too large, an unknown media type.
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return reply.code(error.statusCode).send({ code: 'PROVIDER-INVALID', message: error.message });
  }
  process.stderr.write(`${error.stack ?? error.message}\n`);
  return reply.code(providerErrors['PROVIDER-FAILURE']).send({ code: 'PROVIDER-FAILURE', message: error.message });
}

function chargeRoutes(app: FastifyInstance, charging: Parameters<typeof charge>[0]): void {
  const { store } = charging;
  app.post('/v1/charges', async (request, reply) => {
    const result = await charge(charging, keyOf(request.headers['idempotency-key']), bodyOf(request.body));
    if (result !== 'silent') return reply.code(201).send(result);
    reply.hijack();
    return reply;
  });

  app.get<{ Querystring: { key?: string; after?: string; limit?: number } }>(
    '/v1/charges',
    { schema: { querystring: chargesQuery } },
    ({ query }) => ({ charges: store.list(query) }),
  );

  app.get<{ Params: { id: string } }>('/v1/charges/:id', (request) => found(store.byId(request.params.id)));

  app.post<{ Params: { id: string } }>('/v1/charges/:id/refund', (request) => {
    found(store.byId(request.params.id));
    const refunded = store.refund(request.params.id);
    if (refunded === undefined) throw new ProviderError('PROVIDER-NOT-REFUNDABLE', 'the charge took no money');
    return refunded;
  });
}

function paymentRoutes(app: FastifyInstance, store: ChargeStore): void {
  app.get<{ Params: { key: string } }>('/v1/payments/:key', (request) => found(store.payment(request.params.key)));

  app.post<{ Params: { key: string } }>('/v1/payments/:key/cancel', (request) => store.cancel(request.params.key));
}

/** In the same time, however much of the key is right. */
function shows(authorization: string | undefined, key: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${key}`));
}

function keyOf(header: string | string[] | undefined): string {
  if (typeof header === 'string' && header.length > 0 && header.length <= 255) return header;
  throw new ProviderError('PROVIDER-KEY-MISSING', 'a charge needs an Idempotency-Key of 1 to 255 characters');
}

function bodyOf(body: unknown): ChargeRequest {
  const parsed = chargeRequest.safeParse(body);
  if (parsed.success) return parsed.data;
  const mistakes = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
  throw new ProviderError('PROVIDER-INVALID', mistakes.join('; '));
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new ProviderError('PROVIDER-NOT-FOUND', 'nothing is known of it');
  return value;
}
