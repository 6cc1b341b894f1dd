import { type Logger, runWithTrace } from '@dozen/telemetry';
import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AllowedMethods } from '../server/allowed-methods.js';
import { type ProblemCatalogue, httpProblems } from './catalogue.js';
import { type Classified, classify } from './classify.js';
import type { Problems } from './problem.js';
import { ProblemError } from './problem-error.js';

/** Turns whatever was thrown into application/problem+json. 5xx are logged with their cause; clients never see it. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly catalogue: ProblemCatalogue;

  private readonly logger: Logger;
  private readonly allowed: AllowedMethods;
  private readonly problems: Problems;

  /** `declared`: the codes of the service; those of `httpProblems` are there already. */
  constructor(parts: {
    logger: Logger;
    allowed: AllowedMethods;
    problems: Problems;
    declared: ProblemCatalogue | undefined;
  }) {
    this.logger = parts.logger;
    this.allowed = parts.allowed;
    this.problems = parts.problems;
    this.catalogue = { ...httpProblems, ...parts.declared };
  }

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const thrown = request.is404 ? this.notFound(request, exception) : exception;
    this.answer(request, reply, thrown);
  }

  private answer(request: FastifyRequest, reply: FastifyReply, thrown: unknown): void {
    const classified = classify(thrown, this.catalogue);
    this.log(request, classified, thrown);
    if (reply.raw.headersSent) {
      // Half an answer is out: cutting the connection is the only way left to say that it is not whole.
      reply.raw.destroy();
      return;
    }
    this.problems.send(reply, request.id, classified);
  }

  private notFound(request: FastifyRequest, exception: unknown): unknown {
    const path = request.url.split('?', 1)[0] ?? '/';
    const methods = this.allowed.of(path);
    if (methods.length === 0) {
      return new ProblemError('HTTP-NOT-FOUND', `no route for ${request.method} ${path}`, { cause: exception });
    }
    return new ProblemError('HTTP-METHOD-NOT-ALLOWED', `${path} offers ${methods.join(', ')}`, {
      headers: { Allow: methods.join(', ') },
      cause: exception,
    });
  }

  private log(request: FastifyRequest, classified: Classified, thrown: unknown): void {
    if (classified.kind.status < 500) {
      return;
    }
    const fields = {
      code: classified.code,
      http_method: request.method,
      http_route: request.routeOptions.url,
      err: thrown,
    };
    runWithTrace(request.trace, () => {
      if (classified.kind.status === 500) {
        this.logger.error(fields, 'request failed');
      } else {
        this.logger.warn(fields, 'request refused: not available');
      }
    });
  }
}
