import type { Health, Lifecycle } from '@dozen/shutdown';
import { type Logger, NestLogger } from '@dozen/telemetry';
import type { DynamicModule, InjectionToken, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { AuthGuard, type SessionTokens } from '../auth/auth-guard.js';
import type { TokenVerifier } from '../auth/token-verifier.js';
import type { HttpConfig } from '../config.js';
import type { ProblemCatalogue } from '../problems/catalogue.js';
import { classify } from '../problems/classify.js';
import { Problems } from '../problems/problem.js';
import { ProblemFilter } from '../problems/problem-filter.js';
import { ValidationPipe } from '../validation/validation-pipe.js';
import { AllowedMethods } from './allowed-methods.js';
import { Connections } from './connections.js';
import type { GateState } from './gate.js';
import { addHooks } from './hooks.js';
import { answerProtocolError } from './protocol-errors.js';
import { requestIdOf } from './request-context.js';

export interface HttpAppOptions {
  readonly module: Type | DynamicModule;
  readonly config: HttpConfig;
  readonly logger: Logger;
  readonly lifecycle: Pick<Lifecycle, 'draining' | 'onDrain'>;
  readonly health: Pick<Health, 'report'>;
  /** Without one, only `@Public()` routes can be reached. */
  readonly verifier?: TokenVerifier | undefined;
  /** The module's provider that knows the sessions of browsers; without it a session cookie means nothing. */
  readonly sessions?: InjectionToken<SessionTokens> | undefined;
  /** The service's own codes; those of `httpProblems` are there already. */
  readonly problems?: ProblemCatalogue | undefined;
  /** Body of GET /version. */
  readonly version: () => Readonly<Record<string, unknown>>;
  readonly gate?: () => GateState;
}

export interface HttpApp {
  readonly app: NestFastifyApplication;
  /** Resolves to the URL once connections are accepted. `port` 0 takes any free one. */
  listen(port: number, host: string): Promise<string>;
}

/** A slower sender of one whole request is cut off (408), in ms: it would hold a connection for nothing. */
const REQUEST_TIMEOUT_MS = 30_000;
/** How often that is looked for, in ms. */
const TIMEOUTS_CHECKED_EVERY_MS = 5_000;
/** A connection on which nothing moves, either way, is ended: its client does not read. Event streams have heartbeats. */
const STALLED_MS = 120_000;
/** Longer than the usual 60 s of a load balancer, so that it and not we end an idle connection. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** Whichever module has the provider. */
const ANYWHERE = { strict: false };

/**
 * A Nest application on Fastify with everything of this library in place, and its drain step ('http') registered. Guards,
 * pipes and the filter are global to HTTP and do not touch microservices that are connected to the same application.
 */
export async function createHttpApp(options: HttpAppOptions): Promise<HttpApp> {
  const { config, logger, lifecycle } = options;
  const problems = new Problems(config.PROBLEM_TYPE_BASE);
  const adapter = adapterOf(config, problems, (socket) => connections.answering(socket));
  const fastify = adapter.getInstance();
  const allowed = new AllowedMethods();
  const connections: Connections = new Connections(fastify, () => lifecycle.draining);
  addHooks(fastify, { ...options, problems, allowed, connections });

  const app = await NestFactory.create<NestFastifyApplication>(options.module, adapter, {
    logger: new NestLogger(logger),
    abortOnError: false,
    // Nest's would take forms, and its JSON is not ours.
    bodyParser: false,
  });
  app.useGlobalFilters(new ProblemFilter({ logger, allowed, problems, declared: options.problems }));
  const sessions = options.sessions === undefined ? undefined : app.get<SessionTokens>(options.sessions, ANYWHERE);
  app.useGlobalGuards(new AuthGuard(options.verifier, sessions));
  app.useGlobalPipes(new ValidationPipe());
  lifecycle.onDrain('http', 'http server', () => connections.close(config.HTTP_DRAIN_GRACE_MS));

  return {
    app,
    async listen(port, host) {
      await app.listen(port, host);
      return app.getUrl();
    },
  };
}

function adapterOf(config: HttpConfig, problems: Problems, answering: Connections['answering']): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: config.HTTP_BODY_LIMIT_BYTES,
    trustProxy: (_address, hop) => hop < config.TRUSTED_PROXY_HOPS,
    // A request on a connection that is still there when the drain begins is answered, not refused.
    return503OnClosing: false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    connectionTimeout: STALLED_MS,
    // The host is looked for by us: Node's refusal has no body.
    http: { requireHostHeader: false, connectionsCheckingInterval: TIMEOUTS_CHECKED_EVERY_MS },
    genReqId: requestIdOf,
    clientErrorHandler: (error, socket) =>
      answerProtocolError(error, socket, { problems, answering: answering(socket) }),
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) =>
      problems.send(reply, request.id, classify(error, {})),
  });
}
