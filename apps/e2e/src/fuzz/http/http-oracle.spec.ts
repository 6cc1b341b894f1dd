import type { Grade } from '../grade.js';
import type { HttpCase } from './http-case.js';
import { judgeHttp } from './http-oracle.js';
import type { Oddity } from './oddity.js';
import type { Request } from './request.js';
import { ROUTES } from './routes.js';
import type { Answer, Outcome } from './wire.js';

const byName = (method: string, path: string) => {
  const found = ROUTES.find((route) => route.method === method && route.path === path);
  if (found === undefined) throw new Error(`no ${method} ${path}`);
  return found;
};
const orders = byName('POST', '/v1/orders');
const events = byName('GET', '/v1/orders/:id/events');

function judged(
  outcome: Outcome,
  options: { grade?: Grade; allow?: readonly number[]; route?: typeof orders; oddities?: readonly Oddity[] } = {},
) {
  const { grade = 'legal', allow, route = orders, oddities = [] } = options;
  const one: HttpCase = {
    route: ROUTES.indexOf(route),
    customer: 0,
    order: { items: [], paymentToken: 'tok_ok' },
    oddities,
  };
  const request: Request = { bytes: Buffer.alloc(0), headLength: 0, method: route.method, grade, allow };
  return judgeHttp(one, route, request, outcome)?.what;
}

function answer(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Outcome {
  const whole: Answer = { status, headers: new Map(Object.entries(headers)), body, ms: 1 };
  return { kind: 'answer', answer: whole };
}

const problem = (status: number, body: object = { status, code: 'HTTP-VALIDATION' }): Outcome =>
  answer(status, JSON.stringify(body), {
    'content-type': 'application/problem+json',
    'www-authenticate': 'Bearer',
    allow: 'GET',
  });

describe('the oracle of HTTP', () => {
  it('is content with a legal request that is taken and an illegal one that is refused', () => {
    expect(judged(answer(202, '{}'))).toBeUndefined();
    expect(judged(problem(400), { grade: 'illegal' })).toBeUndefined();
    expect(judged(problem(400), { grade: 'free' })).toBeUndefined();
    expect(judged(answer(202, '{}'), { grade: 'free' })).toBeUndefined();
  });

  it.each([
    ['a fault of the server', problem(500), { grade: 'free' as const }, 'a 500'],
    ['a legal request that is refused', problem(400), {}, 'refused (400) though it is right'],
    [
      'an illegal one that is taken',
      answer(202, '{}'),
      { grade: 'illegal' as const },
      'taken (202) though it is not right',
    ],
    [
      'another refusal than the right one',
      problem(400),
      { grade: 'illegal' as const, allow: [415] },
      '400 and not 415',
    ],
    ['a refusal in plain text', answer(400, 'no'), { grade: 'free' as const }, 'a 400 that is no problem document'],
    ['a refusal without a code', problem(400, { status: 400 }), { grade: 'free' as const }, 'a 400 without a code'],
    [
      'a document that contradicts its status',
      problem(400, { status: 404, code: 'X' }),
      { grade: 'free' as const },
      'a 400 whose document says 404',
    ],
    [
      'an endless refusal',
      problem(400, { status: 400, code: 'X', errors: 'e'.repeat(20_000) }),
      { grade: 'free' as const },
      'a refusal of more than 16384 bytes',
    ],
    ['no answer', { kind: 'silent' as const }, { grade: 'free' as const }, 'no answer'],
    ['a connection that is cut', { kind: 'closed' as const }, { grade: 'free' as const }, 'closed without an answer'],
    [
      'a stream without its events',
      answer(200, ':\n\n', { 'cache-control': 'no-store, no-transform' }),
      { route: events },
      'a stream without the events that there are',
    ],
    [
      'a stream that may be held back',
      answer(200, 'event: x\n', { 'cache-control': 'no-store' }),
      { route: events },
      'a stream that a proxy may hold back',
    ],
  ])('sees %s', (_name, outcome, options, what) => {
    expect(judged(outcome, options)).toBe(what);
  });

  it('lets the server end a connection whose bytes are no request', () => {
    const oddities: Oddity[] = [{ of: 'transport', how: 'garbage', grade: 'illegal' }];
    expect(judged({ kind: 'closed' }, { grade: 'illegal', oddities })).toBeUndefined();
  });
});
