import Fastify, { type FastifyInstance } from 'fastify';
import { SignJWT } from 'jose';
import type { SigningKey } from './signing-key.js';
import { readTokenRequest } from './token-request.js';

/** What services accept as `aud`. */
export const AUDIENCE = 'dozen';

export interface IdentityServerOptions {
  readonly key: SigningKey;
  /** Seconds. */
  readonly tokenLifetimeS: number;
  /** The `iss` of tokens; asked for on each request, since a port of 0 is known only after listening. */
  readonly issuer: () => string;
}

export function createServer({ key, tokenLifetimeS, issuer }: IdentityServerOptions): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true });

  app.get('/livez', () => ({ status: 'ok' }));

  app.get('/.well-known/jwks.json', (_request, reply) =>
    reply.header('cache-control', 'public, max-age=60').send({ keys: [key.publicJwk] }),
  );

  app.get('/.well-known/openid-configuration', () => ({
    issuer: issuer(),
    jwks_uri: `${issuer()}/.well-known/jwks.json`,
    token_endpoint: `${issuer()}/token`,
    id_token_signing_alg_values_supported: [key.alg],
    response_types_supported: ['token'],
    subject_types_supported: ['public'],
  }));

  app.post('/token', async (request, reply) => {
    const wanted = readTokenRequest(request.body);
    if ('mistakes' in wanted) {
      return reply.code(400).send({ error: 'invalid_request', error_description: wanted.mistakes.join('; ') });
    }
    const { sub, email, locale, scope } = wanted;
    const token = await new SignJWT({ email, locale, scope })
      .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'JWT' })
      .setIssuer(issuer())
      .setAudience(AUDIENCE)
      .setSubject(sub)
      .setIssuedAt()
      .setExpirationTime(`${tokenLifetimeS}s`)
      .sign(key.privateKey);
    return reply
      .header('cache-control', 'no-store')
      .send({ access_token: token, token_type: 'Bearer', expires_in: tokenLifetimeS });
  });

  return app;
}
