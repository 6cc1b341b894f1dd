import { createHttpApp, type HttpApp, signingKeys, TokenVerifier } from '@dozen/http';
import type { Health, Lifecycle } from '@dozen/shutdown';
import type { Logger } from '@dozen/telemetry';
import type { ServiceConfig, ServiceDefinition } from '../define-service.js';
import type { Backing } from './backing.js';
import type { SchemaState } from './schema-state.js';
import { ServiceModule } from './service.module.js';

interface Parts<C extends ServiceConfig> {
  readonly definition: ServiceDefinition<C>;
  readonly config: C;
  readonly logger: Logger;
  readonly backing: Backing;
  readonly lifecycle: Lifecycle;
  readonly health: Health;
  readonly schema: SchemaState;
  /** What /version says of this process. */
  readonly about: Readonly<Record<string, unknown>>;
}

/** The service's routes and probes. Without the process type `web` its routes are closed; until the schema is there, 503. */
export function serviceHttp<C extends ServiceConfig>(parts: Parts<C>): Promise<HttpApp> {
  const { definition, config, logger, lifecycle, health, schema, about } = parts;
  const isWeb = config.PROCESS_TYPES.includes('web');
  const startedAt = new Date().toISOString();
  return createHttpApp({
    module: ServiceModule.with({ ...parts, root: definition.rootModule(config) }),
    config,
    logger,
    lifecycle,
    health,
    verifier: verifierOf(config, logger),
    sessions: definition.sessions,
    problems: definition.problems,
    version: () => ({ ...about, process_types: config.PROCESS_TYPES, node: process.version, started_at: startedAt }),
    gate: () => (!isWeb ? 'closed' : schema.current ? 'open' : 'starting'),
  });
}

/** A service without authSection has no verifier: only its `@Public()` routes can be reached. */
function verifierOf(config: ServiceConfig, logger: Logger): TokenVerifier | undefined {
  const { AUTH_JWKS_URL, AUTH_ISSUER, AUTH_AUDIENCE } = config;
  return AUTH_JWKS_URL === undefined || AUTH_ISSUER === undefined || AUTH_AUDIENCE === undefined
    ? undefined
    : new TokenVerifier(signingKeys(new URL(AUTH_JWKS_URL), logger), { issuer: AUTH_ISSUER, audience: AUTH_AUDIENCE });
}
