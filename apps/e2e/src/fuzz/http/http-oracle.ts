import type { Fault } from '../finding.js';
import type { HttpCase } from './http-case.js';
import { oddity, type Request } from './request.js';
import { nameOf, type Route } from './routes.js';
import type { Answer, Outcome } from './wire.js';

/** A refusal says what is wrong: that takes no more than this, in bytes. */
const REFUSAL_BYTES = 16 * 1024;
const PROBLEM = /^application\/problem\+json\b/;

/** What is wrong about the outcome of a request; undefined when all is right. */
export function judgeHttp(one: HttpCase, route: Route, request: Request, outcome: Outcome): Fault | undefined {
  const fault = (what: string): Fault => ({
    about: nameOf(route),
    what,
    blamed: blamed(one),
    happened: `${what}: ${shown(outcome)}`,
  });
  const transport = oddity(one, 'transport');
  const wire = transport !== undefined && transport.grade !== 'legal';
  if (outcome.kind === 'silent') return wire || request.method === 'CONNECT' ? undefined : fault('no answer');
  if (outcome.kind === 'closed')
    return wire || request.method === 'CONNECT' ? undefined : fault('closed without an answer');
  const { answer } = outcome;
  const { status } = answer;
  if (status >= 500) return fault(`a ${status}`);
  if (status >= 400) {
    const wrong = wrongRefusal(answer, request.method === 'HEAD');
    if (wrong !== undefined) return fault(wrong);
  }
  if (request.allow !== undefined && !request.allow.includes(status))
    return fault(`${status} and not ${request.allow.join(', ')}`);
  switch (request.grade) {
    case 'free':
      return undefined;
    case 'illegal':
      return status >= 400 ? undefined : fault(`taken (${status}) though it is not right`);
    case 'legal':
      if (!route.good.includes(status)) return fault(`refused (${status}) though it is right`);
      return route.stream === true ? wrongStream(answer, fault) : undefined;
  }
}

function wrongRefusal({ status, headers, body }: Answer, head: boolean): string | undefined {
  if (!PROBLEM.test(headers.get('content-type') ?? '')) return `a ${status} that is no problem document`;
  if (status === 401 && !headers.has('www-authenticate')) return 'a 401 without a challenge';
  if (status === 405 && !headers.has('allow')) return 'a 405 without Allow';
  if (head) return undefined;
  if (body.length > REFUSAL_BYTES) return `a refusal of more than ${REFUSAL_BYTES} bytes`;
  const problem = parsed(body);
  if (typeof problem?.['code'] !== 'string') return `a ${status} without a code`;
  return problem['status'] === status ? undefined : `a ${status} whose document says ${String(problem['status'])}`;
}

function wrongStream({ headers, body }: Answer, fault: (what: string) => Fault): Fault | undefined {
  if (!body.includes('event: ')) return fault('a stream without the events that there are');
  if (headers.get('cache-control')?.includes('no-transform') !== true)
    return fault('a stream that a proxy may hold back');
  return undefined;
}

function parsed(body: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** Kinds of the oddities that can be the reason; their values differ too much to make a kind of fault each. */
function blamed({ oddities }: HttpCase): string[] {
  const odder = oddities.some(({ grade }) => grade !== 'legal')
    ? oddities.filter(({ grade }) => grade !== 'legal')
    : oddities;
  return odder.map((odd) => {
    switch (odd.of) {
      case 'bytes':
      case 'path':
      case 'transport':
        return `${odd.of} ${odd.how}`;
      case 'body':
        return `body ${odd.change.at}`;
      case 'header':
        return `header ${odd.name}`;
      case 'method':
        return `method ${odd.method}`;
      case 'order':
        return `order ${odd.order.whose} ${odd.order.spelling}`;
      case 'token':
        return `token ${odd.token.form === 'signed' ? Object.keys(odd.token.claims).join(' ') : odd.token.form}`;
      default:
        return odd.of;
    }
  });
}

function shown(outcome: Outcome): string {
  if (outcome.kind !== 'answer') return outcome.kind;
  const { status, headers, body, ms } = outcome.answer;
  return `${status} ${headers.get('content-type') ?? ''} after ${ms.toFixed(0)} ms ${JSON.stringify(body.slice(0, 400))}`;
}
