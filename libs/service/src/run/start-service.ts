import { configHash, type Environment, insecurities, loadConfig } from '@dozen/config';
import type { HttpApp } from '@dozen/http';
import type { Clock } from '@dozen/kernel';
import { EventLoopWatch, Health, Lifecycle } from '@dozen/shutdown';
import { createLogger, type Logger, logSdkTo } from '@dozen/telemetry';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { mostConnections, totalOf } from '../connections.js';
import type { ServiceConfig, ServiceDefinition } from '../define-service.js';
import { createBacking } from './backing.js';
import { observeService } from './gauges/index.js';
import { serviceHttp } from './http.js';
import { closePools, flushTelemetry } from './last-drains.js';
import { type ServicePolicy, servicePolicy } from './policy.js';
import { drainProcesses, type Processes, processesOf, startProcesses } from './processes.js';
import { readinessChecks } from './readiness.js';
import { SchemaState } from './schema-state.js';
import { untilReady } from './until-ready.js';

type Exit = (code: number) => void;

export type StartOptions<C extends ServiceConfig> = {
  readonly logger?: Logger;
  readonly clock?: Clock;
  /** Default: process.exit. A test passes its own, or the drain would end the test run. */
  readonly exit?: Exit;
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
  const config = 'config' in options ? options.config : loadConfig(definition.config, options.env);
  const { RELEASE_ID: release, LOG_LEVEL: level } = config;
  const logger = options.logger ?? createLogger({ service: definition.name, release, level });
  tellInsecurities(definition, config, logger);
  const policy = { ...servicePolicy, ...options.policy };
  const lifecycle = lifecycleOf(config, logger, options);
  const health = healthOf(lifecycle, policy);
  const backing = createBacking({ definition, config, logger, clock: options.clock });
  const { dataSource, probe } = backing;
  const unprepared = (): Promise<readonly string[]> => definition.unprepared(config);
  const schema = new SchemaState(dataSource, definition, { logger, lifecycle, probe, unprepared });

  const about = { service: definition.name, release, config_hash: configHash(definition.config, config) };
  const http = await serviceHttp({ definition, config, logger, backing, lifecycle, health, schema, about });
  const processes = processesOf(http.app, { definition, config, logger, backing, lifecycle, health, policy });
  readinessChecks(health, { dataSource, probe, schema, policy });
  drainProcesses(processes);
  logSdkTo(logger);
  observeService({ ...processes, definition, schema, release });
  flushTelemetry(lifecycle, logger);
  closePools(http.app, backing, lifecycle);

  const url = await listen(http, config, lifecycle);
  health.started();
  tellListening(definition, config, { logger, config_hash: about.config_hash, url });
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

async function listen(http: HttpApp, { PORT, HOST }: ServiceConfig, lifecycle: Lifecycle): Promise<string> {
  try {
    return await http.listen(PORT, HOST);
  } catch (error) {
    // A drain that began meanwhile has closed the server and ends the process. The start has not failed then.
    if (lifecycle.draining) await lifecycle.drain('the service was to end while it began to listen');
    throw error;
  }
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

function tellListening<C extends ServiceConfig>(
  definition: ServiceDefinition<C>,
  config: C,
  { logger, config_hash, url }: { logger: Logger; config_hash: string; url: string },
): void {
  const connections = totalOf(mostConnections(definition, config));
  logger.info(
    { config_hash, url, process_types: config.PROCESS_TYPES, database_connections_max: connections },
    'listening',
  );
}

function lifecycleOf(config: ServiceConfig, logger: Logger, options: { exit?: Exit; signals?: boolean }): Lifecycle {
  const { exit, signals = false } = options;
  const lifecycle = new Lifecycle({
    deadlineMs: config.SHUTDOWN_DEADLINE_MS,
    logger,
    ...(exit !== undefined && { exit }),
  });
  if (signals) lifecycle.handleSignals();
  return lifecycle;
}

function healthOf(lifecycle: Lifecycle, policy: ServicePolicy): Health {
  const health = new Health({ lifecycle });
  const loop = new EventLoopWatch({ maxMedianMs: policy.blockedMs });
  health.addLiveness('event loop', () => loop.check());
  lifecycle.onDrain('pools', 'event loop watch', () => loop.stop());
  return health;
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
