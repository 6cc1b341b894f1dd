import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

const ISSUER = 'https://identity.test';
const AUDIENCE = 'dozen';

export interface TokenClaims {
  readonly sub?: string;
  readonly email?: string;
  readonly locale?: string;
  readonly scope?: string;
  readonly audience?: string;
  /** Seconds from now; negative is expired. */
  readonly expiresIn?: number;
}

/** An identity provider of the test's own: a key pair, its public half served as a JWKS on a free port. */
export async function startIdentity() {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'test', alg: 'ES256', use: 'sig' }] });
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(jwks);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    /** What a service reads that takes its tokens (`authSection`). */
    env: {
      AUTH_ISSUER: ISSUER,
      AUTH_AUDIENCE: AUDIENCE,
      AUTH_JWKS_URL: `http://127.0.0.1:${port}/jwks.json`,
    },
    token(claims: TokenClaims = {}): Promise<string> {
      const { sub = 'ada', email = `${sub}@example.org`, scope = 'orders:read orders:write', locale = 'en' } = claims;
      const expires = Math.floor(Date.now() / 1000) + (claims.expiresIn ?? 300);
      return new SignJWT({ email, locale, scope })
        .setProtectedHeader({ alg: 'ES256', kid: 'test' })
        .setIssuer(ISSUER)
        .setAudience(claims.audience ?? AUDIENCE)
        .setSubject(sub)
        .setExpirationTime(expires)
        .sign(privateKey);
    },
    async stop(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type TestIdentity = Awaited<ReturnType<typeof startIdentity>>;
