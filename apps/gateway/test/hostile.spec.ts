import { request } from 'node:http';
import { httpProblems } from '@dozen/http';
import { newId } from '@dozen/kernel';
import fc from 'fast-check';
import { gatewayProblems } from '../src/adapters/http/problems.js';
import { startGateway, type TestGateway } from './support/gateway.js';

let gateway: TestGateway;
let order: string;
let token: string;

beforeAll(async () => {
  gateway = await startGateway();
  order = await gateway.placed();
  token = await gateway.identity.token();
});

afterAll(() => gateway.stop());

/** Longer than any problem is. */
const LONGEST = 20_000;
const CODES = new Set([...Object.keys(httpProblems), ...Object.keys(gatewayProblems)]);

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

interface Got {
  readonly status: number;
  readonly type: string | undefined;
  readonly text: string;
}

/** Hangs up after a while on an answer that does not end. */
function send({ method, path, headers, body }: Sent): Promise<Got> {
  return new Promise((resolve, reject) => {
    const all = ['host', 'x', 'content-length', String(body.length), ...headers.flat()];
    const outgoing = request(gateway.url, { method, path, headers: all, agent: false }, (incoming) => {
      const { statusCode: status = 0, headers: said } = incoming;
      const type = said['content-type'];
      const chunks: Buffer[] = [];
      const done = (): void => resolve({ status, type, text: Buffer.concat(chunks).toString() });
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.once('end', done);
      incoming.once('error', reject);
      if (type !== 'text/event-stream') return;
      incoming.off('error', reject);
      incoming.on('error', () => undefined);
      incoming.destroy();
      done();
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

const odd = fc.constantFrom(
  '\0',
  '\ud800',
  '__proto__',
  'é',
  '💜',
  ' ',
  '',
  '%00',
  '0x10',
  '1e9',
  '-1',
  'null',
  '\u202e',
);
const text = fc.oneof(
  odd,
  fc.string({ unit: 'binary', maxLength: 40 }),
  odd.map((part) => part.repeat(3_000)),
);
const inUrl = text.map((part) => encodeURIComponent(part.toWellFormed()).slice(0, 3_000));
/** What may stand in a header at all. */
const inHeader = fc.oneof(
  fc.string({
    unit: fc
      .integer({ min: 0x20, max: 0xff })
      .filter((code) => code !== 0x7f)
      .map((code) => String.fromCharCode(code)),
    maxLength: 60,
  }),
  fc.constantFrom(
    '"',
    'a, b',
    '*',
    'x'.repeat(6_000),
    ',,,',
    '0',
    '99999999999999999999',
    'wait=0x10',
    'wait=1e9',
    'wait=0',
  ),
);

const id = fc.oneof(fc.constantFrom('{order}', '{ORDER}', newId(), 'nobody'), inUrl);
const path = fc.oneof(
  fc.constantFrom('/v1/orders', '/v1/products', '/v1/session', '/livez', '/version', '/', '/v1', '//', '/v1/orders/'),
  fc
    .tuple(id, fc.constantFrom('', '/timeline', '/events', '/cancellation', '/', '/x'))
    .map(([of, rest]) => `/v1/orders/${of}${rest}`),
  inUrl.map((part) => `/${part}`),
);
const query = fc.oneof(
  { weight: 2, arbitrary: fc.constant('') },
  fc
    .array(fc.tuple(fc.oneof(fc.constantFrom('limit', 'cursor', '__proto__', 'limit[]'), inUrl), inUrl), {
      maxLength: 4,
    })
    .map((pairs) => `?${pairs.map(([name, value]) => `${name}=${value}`).join('&')}`),
  fc.constantFrom('?', '?%', '?%E0%A4%A', '?=', '?&&&', `?${'a&'.repeat(2_000)}`),
);
const header = fc.oneof(
  fc.tuple(
    fc.constantFrom(
      ...'accept authorization cookie content-type content-encoding expect idempotency-key if-none-match last-event-id'.split(
        ' ',
      ),
      ...'origin prefer range sec-fetch-site traceparent x-forwarded-for x-forwarded-host x-forwarded-proto x-request-id'.split(
        ' ',
      ),
    ),
    inHeader,
  ),
  fc.constantFrom(
    ['content-type', 'text/plain'] as const,
    ['content-type', 'application/json; charset=utf-16'] as const,
    ['content-encoding', 'gzip'] as const,
    ['cookie', `dozen-session=${'x'.repeat(43)}`] as const,
    ['cookie', 'dozen-session=%00; __proto__=1; =; ;'] as const,
    ['upgrade', 'websocket'] as const,
  ),
);
const json = fc.oneof(
  fc.json(),
  fc
    .record({
      items: fc.array(fc.record({ sku: text, quantity: fc.oneof(fc.double(), fc.integer(), text) })),
      paymentToken: text,
    })
    .map((body) => JSON.stringify(body)),
  fc.dictionary(text, fc.jsonValue()).map((body) => JSON.stringify(body)),
  fc.constantFrom('', ' ', '[', '['.repeat(20_000), '{"items":1e999}', '\ufeff{}', `[${'{},'.repeat(20_000)}{}]`),
);
const body = fc.oneof(
  json.map((part) => Buffer.from(part)),
  fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
);
const sent = fc.record({
  method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY'),
  path: fc.tuple(path, query).map(([of, rest]) => of + rest),
  // Mostly what reaches the handler.
  usual: fc.record({ token: fc.integer({ min: 0, max: 9 }), type: fc.boolean(), key: fc.boolean() }),
  headers: fc.array(header, { maxLength: 4 }),
  body,
});

describe('whatever is sent to the gateway', () => {
  it('is answered, refused by a short problem with a code that is known, and never by a 5xx', async () => {
    await fc.assert(
      fc.asyncProperty(sent, async ({ method, path: of, usual, headers, body: bytes }) => {
        const {
          status,
          type,
          text: answer,
        } = await send({
          method,
          path: of.replace('{order}', order).replace('{ORDER}', order.toUpperCase()),
          headers: [
            ...(usual.token > 0 ? [['authorization', `Bearer ${token}`] as const] : []),
            ...(usual.type ? [['content-type', 'application/json'] as const] : []),
            ...(usual.key ? [['idempotency-key', newId()] as const] : []),
            ...headers,
          ],
          body: bytes,
        });
        expect(status).toBeLessThan(500);
        if (status < 400 || method === 'HEAD') return;
        expect(type).toBe('application/problem+json');
        expect(answer.length).toBeLessThan(LONGEST);
        const problem = JSON.parse(answer) as { status: number; code: string };
        expect(problem.status).toBe(status);
        expect(CODES).toContain(problem.code);
      }),
      { numRuns: 500 },
    );
    expect((await gateway.call(`/v1/orders/${order}`)).status).toBe(200);
  });
});
