import { ProblemError } from '@dozen/http';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

const HEADER = 'last-event-id';
/** A position fits into PostgreSQL's integer. */
const HIGHEST = 2_147_483_647;

/** A timeline position, as the client last had it; 0, before the first, without the header. @throws HTTP-VALIDATION */
export function parseLastEventId(header: string | readonly string[] | undefined): number {
  if (header === undefined || header === '') return 0;
  if (typeof header === 'string' && /^\d{1,10}$/.test(header) && Number(header) <= HIGHEST) return Number(header);
  const detail = 'a position of the timeline is expected: a whole number';
  throw new ProblemError('HTTP-VALIDATION', '1 part is not valid', {
    errors: [{ in: 'header', parameter: HEADER, detail }],
  });
}

/** The request's Last-Event-ID. Throws as `parseLastEventId`. */
export const LastEventId = createParamDecorator((_data: unknown, context: ExecutionContext): number =>
  parseLastEventId(context.switchToHttp().getRequest<FastifyRequest>().headers[HEADER]),
);
