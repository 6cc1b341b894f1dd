import type { Health } from '@dozen/shutdown';
import type { Logger } from '@dozen/telemetry';
import type { FastifyInstance } from 'fastify';
import type { Problems } from '../problems/problem.js';
import { accessLog } from './access-log.js';
import type { AllowedMethods } from './allowed-methods.js';
import { bodies } from './bodies.js';
import type { Connections } from './connections.js';
import { gate, type GateState } from './gate.js';
import { headWithoutStreams } from './head.js';
import { healthRoutes } from './health-routes.js';
import { oneHost, refuseUnusual } from './protocol-errors.js';
import { requestContext } from './request-context.js';
import { requestMetrics } from './request-metrics.js';

interface HookParts {
  readonly logger: Logger;
  readonly health: Pick<Health, 'report'>;
  readonly version: () => Readonly<Record<string, unknown>>;
  readonly gate?: () => GateState;
  readonly problems: Problems;
  readonly connections: Connections;
  readonly allowed: AllowedMethods;
}

/** What every request goes through before Nest has it, in this order, and the routes that are none of Nest's. */
export function addHooks(fastify: FastifyInstance, parts: HookParts): void {
  const { logger, problems, connections, allowed } = parts;
  requestContext(fastify);
  accessLog(fastify, logger);
  requestMetrics(fastify);
  connections.watch(fastify.server);
  refuseUnusual(fastify.server, { problems, answering: (socket) => connections.answering(socket) });
  oneHost(fastify, problems);
  headWithoutStreams(fastify);
  bodies(fastify);
  gate(fastify, problems, parts.gate ?? (() => 'open'));
  allowed.watch(fastify);
  healthRoutes(fastify, parts.health, parts.version);
}
