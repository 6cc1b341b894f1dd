import { setTimeout as sleep } from 'node:timers/promises';
import { configHash, type Environment, insecurities, loadConfig } from '@dozen/config';
import { createHttpApp, signingKeys, TokenVerifier } from '@dozen/http';
import type { Clock } from '@dozen/kernel';
import { EventLoopWatch, Health, Lifecycle } from '@dozen/shutdown';
import { createLogger, type Logger, logSdkTo, stopTelemetry } from '@dozen/telemetry';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { mostConnections, totalOf } from '../connections.js';
import type { ServiceConfig, ServiceDefinition } from '../define-service.js';
import { serviceError } from '../errors.js';
import { type Backing, createBacking } from './backing.js';
import { checkConsumes } from './consumed-topics.js';
import { observeService } from './gauges/index.js';
import { idempotencyMaintenance } from './idempotency-maintenance.js';
import { connectInbox } from './inbox.js';
import { jobHandlers } from './job-handlers.js';
import { type ServicePolicy, servicePolicy } from './policy.js';
import { drainProcesses, type Processes, startProcesses } from './processes.js';
import { readinessChecks } from './readiness.js';
import { recurringTasks } from './recurring-tasks.js';
import { SchemaState } from './schema-state.js';
import { ServiceModule } from './service.module.js';

export type StartOptions<C extends ServiceConfig> = {
  readonly logger?: Logger;
  readonly clock?: Clock;
  /** Default: process.exit. A test passes its own, or the drain would end the test run. */
  readonly exit?: (code: number) => void;
  /** Drain at SIGTERM and SIGINT, from now on and not only once it listens. */
  readonly signals?: boolean;
  /** In place of the values in `servicePolicy`; a test has no minute to wait. */
  readonly policy?: Partial<ServicePolicy>;
} & ({ readonly config: C } | { readonly env: Environment });

/** A service that listens. */
export interface RunningService {
  readonly url: string;
  readonly app: NestFastifyApplication;
  readonly lifecycle: Lifecycle;
  readonly logger: Logger;
  /** Resolves once /readyz says so. @throws SERVICE-NOT-READY with what is not. Default 30 s. */
  ready(timeoutMs?: number): Promise<void>;
  /** Drains, then calls `exit` with 0. */
  stop(): Promise<void>;
}

const READY_POLL_MS = 25;

/**
 * Starts the service in this process: it listens at once, so that it can say why it is not ready; its routes answer 503 and
 * its consumer, relay and jobs wait until the database answers and has this build's migrations. It never migrates.
 *
 * Drain: unready → http → consumers → work (relay, jobs) → telemetry → pools; each step's owner registers it.
 */
export async function startService<C extends ServiceConfig>(
  definition: ServiceDefinition<C>,
  options: StartOptions<C>,
): Promise<RunningService> {
  const { name } = definition;
  const config = 'config' in options ? options.config : loadConfig(definition.config, options.env);
  const logger = options.logger ?? createLogger({ service: name, release: config.RELEASE_ID, level: config.LOG_LEVEL });
  tellInsecurities(definition, config, logger);
  const types = new Set(config.PROCESS_TYPES);
  const policy = { ...servicePolicy, ...options.policy };
  const lifecycle = new Lifecycle({
    deadlineMs: config.SHUTDOWN_DEADLINE_MS,
    logger,
    ...(options.exit !== undefined && { exit: options.exit }),
  });
  if (options.signals === true) {
    lifecycle.handleSignals();
  }
  const health = new Health({ lifecycle });
  const loop = new EventLoopWatch({ maxMedianMs: policy.blockedMs });
  health.addLiveness('event loop', () => loop.check());
  lifecycle.onDrain('pools', 'event loop watch', () => loop.stop());
  const backing = createBacking({ definition, config, logger, clock: options.clock });
  const unprepared = (): Promise<readonly string[]> => definition.unprepared(config);
  const schema = new SchemaState(backing.dataSource, definition, {
    logger,
    lifecycle,
    probe: backing.probe,
    unprepared,
  });

  const about = { service: name, release: config.RELEASE_ID, config_hash: configHash(definition.config, config) };
  const startedAt = new Date().toISOString();
  const http = await createHttpApp({
    module: ServiceModule.with({ root: definition.rootModule(config), config, logger, backing, lifecycle, health }),
    config,
    logger,
    lifecycle,
    health,
    verifier: verifierOf(config, logger),
    sessions: definition.sessions,
    problems: definition.problems,
    version: () => ({ ...about, process_types: [...types], node: process.version, started_at: startedAt }),
    gate: () => (!types.has('web') ? 'closed' : schema.current ? 'open' : 'starting'),
  });

  checkConsumes(http.app, definition.consumes);
  const inbox =
    types.has('consumer') && definition.consumes.length > 0
      ? connectInbox(http.app, { consumer: name, backing, health, lifecycle, logger, policy })
      : undefined;
  readinessChecks(health, { dataSource: backing.dataSource, probe: backing.probe, schema, policy });
  const processes: Processes = {
    types,
    app: http.app,
    inbox,
    handlers: jobHandlers(http.app, definition.jobs),
    recurring: [
      ...recurringTasks(http.app, types),
      ...(types.has('web') ? idempotencyMaintenance(http.app, { dataSource: backing.dataSource, logger }) : []),
    ],
    backing,
    lifecycle,
    logger,
  };
  drainProcesses(processes);
  logSdkTo(logger);
  observeService({ definition, backing, inbox, schema, types, release: config.RELEASE_ID, lifecycle, logger });
  flushTelemetry(lifecycle, logger);
  closePools(http.app, backing, lifecycle);

  const url = await http.listen(config.PORT, config.HOST).catch(async (error: unknown) => {
    // A drain that began meanwhile has closed the server and ends the process. The start has not failed then.
    if (lifecycle.draining) await lifecycle.drain('the service was to end while it began to listen');
    throw error;
  });
  health.started();
  const connections = totalOf(mostConnections(definition, config));
  logger.info(
    { config_hash: about.config_hash, url, process_types: [...types], database_connections_max: connections },
    'listening',
  );
  void run(processes, schema);

  return {
    url,
    app: http.app,
    lifecycle,
    logger,
    ready: (timeoutMs = 30_000) => untilReady(health, timeoutMs),
    stop: () => lifecycle.drain('stop() was called'),
  };
}

/** Logs each of them at every start: what somebody has allowed for a day is still there after a year. */
function tellInsecurities<C extends ServiceConfig>(
  { config: schema }: ServiceDefinition<C>,
  config: C,
  logger: Logger,
) {
  for (const what of insecurities(schema, config)) {
    logger.warn({ environment: config.NODE_ENV }, `insecure, by ALLOW_INSECURE: ${what}`);
  }
}

/** A service without authSection has no verifier: only its `@Public()` routes can be reached. */
function verifierOf(config: ServiceConfig, logger: Logger): TokenVerifier | undefined {
  const { AUTH_JWKS_URL, AUTH_ISSUER, AUTH_AUDIENCE } = config;
  return AUTH_JWKS_URL === undefined || AUTH_ISSUER === undefined || AUTH_AUDIENCE === undefined
    ? undefined
    : new TokenVerifier(signingKeys(new URL(AUTH_JWKS_URL), logger), { issuer: AUTH_ISSUER, audience: AUTH_AUDIENCE });
}

/** A collector that is away costs the last spans and metrics, not the exit code. */
function flushTelemetry(lifecycle: Lifecycle, logger: Logger): void {
  lifecycle.onDrain('telemetry', 'spans and metrics', async () => {
    const why = await stopTelemetry();
    if (why !== undefined) logger.warn({ why }, 'the last spans and metrics may be lost');
  });
}

/**
 * The pools close last, since everything that is drained before still writes. Nest's own hooks run first, while the database is
 * there.
 */
function closePools(app: NestFastifyApplication, backing: Backing, lifecycle: Lifecycle): void {
  lifecycle.onDrain('pools', 'nest, database and broker', async () => {
    await app.close();
    await backing.notifications.stop();
    await backing.broker.close();
    await backing.probe.close();
    if (backing.dataSource.isInitialized) {
      await backing.dataSource.destroy();
    }
  });
}

async function run(processes: Processes, schema: SchemaState): Promise<void> {
  try {
    // Draining is checked again: what starts after its phase of the drain is over would be stopped by nobody.
    if ((await schema.untilCurrent()) && !processes.lifecycle.draining) {
      await startProcesses(processes);
    }
  } catch (error) {
    processes.logger.fatal({ err: error }, 'the service cannot run');
    await processes.lifecycle.drain('the service cannot run', 1);
  }
}

async function untilReady(health: Health, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const report = await health.report('ready');
    if (report.ok) {
      return;
    }
    if (performance.now() > deadline) {
      throw serviceError('SERVICE-NOT-READY', `not ready after ${timeoutMs} ms: ${JSON.stringify(report.checks)}`);
    }
    await sleep(READY_POLL_MS);
  }
}
