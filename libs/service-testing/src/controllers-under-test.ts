import { defineConfig, loadConfig } from '@dozen/config';
import { createHttpApp, httpSection, type ProblemCatalogue, signingKeys, TokenVerifier } from '@dozen/http';
import { createLogger } from '@dozen/telemetry';
import { Module, type Provider, type Type } from '@nestjs/common';
import { startIdentity, type TokenClaims } from './identity.js';

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Claims of the caller's token; null sends none. */
  readonly as?: TokenClaims | null;
  readonly body?: unknown;
}

export interface Called {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: unknown;
}

/**
 * Controllers alone behind the edge that every service has: tokens, validation, problems. `providers` stand for the use cases
 * behind them. It needs neither PostgreSQL nor Kafka.
 */
export async function controllersUnderTest(
  controllers: readonly Type[],
  { providers = [], problems = {} }: { providers?: readonly Provider[]; problems?: ProblemCatalogue } = {},
) {
  const identity = await startIdentity();
  const { AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience, AUTH_JWKS_URL: keys } = identity.env;
  const logger = createLogger({ service: 'test', release: 'test', level: 'silent' });

  @Module({ controllers: [...controllers], providers: [...providers] })
  class ControllersModule {}

  const http = await createHttpApp({
    module: ControllersModule,
    config: loadConfig(defineConfig({ service: 'test', sections: [httpSection] }), { HTTP_DRAIN_GRACE_MS: '0' }),
    logger,
    lifecycle: { draining: false, onDrain: () => undefined },
    health: { report: () => Promise.resolve({ ok: true, checks: {} }) },
    verifier: new TokenVerifier(signingKeys(new URL(keys), logger), { issuer, audience: [audience] }),
    problems,
    version: () => ({}),
  });
  const url = await http.listen(0, '127.0.0.1');
  return {
    async call(path: string, { method = 'GET', as = {}, body }: Call = {}): Promise<Called> {
      const response = await fetch(new URL(path, url), {
        method,
        headers: {
          ...(as === null ? {} : { authorization: `Bearer ${await identity.token(as)}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const parsed: unknown = text === '' ? undefined : JSON.parse(text);
      return { status: response.status, contentType: response.headers.get('content-type'), body: parsed };
    },
    async stop(): Promise<void> {
      await http.app.close();
      await identity.stop();
    },
  };
}

export type ControllersUnderTest = Awaited<ReturnType<typeof controllersUnderTest>>;
