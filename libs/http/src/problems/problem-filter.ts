import { type Logger, runWithTrace } from '@dozen/telemetry';
import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AllowedMethods } from '../server/allowed-methods.js';
import { type ProblemCatalogue, httpProblems } from './catalogue.js';
import { type Classified, classify } from './classify.js';
import { PROBLEM_MEDIA_TYPE, problem } from './problem.js';
import { ProblemError } from './problem-error.js';

/** Turns whatever was thrown into application/problem+json. 5xx are logged with their cause; clients never see it. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly catalogue: ProblemCatalogue;

  constructor(
    private readonly logger: Logger,
    private readonly allowed: AllowedMethods,
    serviceProblems: ProblemCatalogue = {},
  ) {
    this.catalogue = { ...httpProblems, ...serviceProblems };
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
    sendProblem(reply, request.id, classified);
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

/** Also for hooks that answer before Nest is reached. */
export function sendProblem(reply: FastifyReply, requestId: string, classified: Classified): void {
  const { code, kind, detail, errors, headers = {} } = classified;
  const body = problem(code, kind, {
    requestId,
    ...(detail !== undefined && { detail }),
    ...(errors !== undefined && { errors }),
  });
  void reply
    .code(kind.status)
    .headers({
      ...(kind.retryAfter !== undefined && { 'Retry-After': String(kind.retryAfter) }),
      ...kind.headers,
      ...headers,
      'Cache-Control': 'no-store',
      'Content-Type': PROBLEM_MEDIA_TYPE,
    })
    // Bytes, because Fastify adds a charset to text, which this media type does not have.
    .send(Buffer.from(JSON.stringify(body)));
}
