import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newTrace, parseTraceparent, runWithTrace } from '@dozen/telemetry';
import { HttpPaymentProvider } from '../src/adapters/provider/http-payment-provider.js';
import { PROVIDER_KEY, startProvider, type TestProvider } from './support/provider.js';

const request = {
  idempotencyKey: 'p-1:charge',
  amount: { amount: 2500, currency: 'EUR' },
  paymentToken: 'tok_ok',
  orderId: 'o-1',
};
const never = new AbortController().signal;

const adapter = (url: string, timeoutMs = 1_000, key = PROVIDER_KEY) =>
  new HttpPaymentProvider({
    PAYMENT_PROVIDER_URL: url,
    PAYMENT_PROVIDER_KEY: key,
    PAYMENT_PROVIDER_TIMEOUT_MS: timeoutMs,
  });

describe('the adapter and the provider', () => {
  let provider: TestProvider;
  beforeAll(async () => {
    provider = await startProvider();
  });
  afterAll(() => provider.stop());

  it('agree on what is charged, once for a key', async () => {
    const first = await adapter(provider.url).charge(request, never);
    expect(first).toMatchObject({ kind: 'ChargeCaptured' });
    expect(await adapter(`${provider.url}/`).charge(request, never)).toEqual(first);
    expect(await provider.charges('o-1')).toMatchObject([{ key: 'p-1:charge', amount: 2500, attempts: 2 }]);
  });

  it('agree on the list of charges, whole and by key', async () => {
    const { reference } = await adapter(provider.url).charge(request, never);
    const listed = { reference, idempotencyKey: 'p-1:charge', amount: request.amount, status: 'captured' };
    const charges = [];
    for await (const charge of adapter(provider.url).charges()) charges.push(charge);
    expect(charges).toEqual([listed]);
    expect(await adapter(provider.url).chargeOf('p-1:charge')).toEqual(listed);
    expect(await adapter(provider.url).chargeOf('p-0:charge')).toBeUndefined();
  });

  it('agree on a refusal', async () => {
    const declined = { ...request, idempotencyKey: 'p-2:charge', paymentToken: 'tok_declined' };
    expect(await adapter(provider.url).charge(declined, never)).toMatchObject({
      kind: 'ChargeDeclined',
      reason: 'card_declined',
    });
  });

  it('agree that a key belongs to one body', async () => {
    const other = { ...request, amount: { amount: 1, currency: 'EUR' } };
    await expect(adapter(provider.url).charge(other, never)).rejects.toMatchObject({ code: 'BIL-PROVIDER-KEY-REUSED' });
  });

  it('agree that nobody is charged without the key', async () => {
    const another = { ...request, idempotencyKey: 'p-4:charge', orderId: 'o-4' };
    const unknown = adapter(provider.url, 1_000, 'another-key-than-that');
    const refused = { code: 'BIL-PROVIDER-UNAUTHORIZED', permanent: false };
    await expect(unknown.charge(another, never)).rejects.toMatchObject(refused);
    await expect(unknown.chargeOf('p-4:charge')).rejects.toMatchObject(refused);
    expect(await provider.charges('o-4')).toEqual([]);
  });

  it('do not wait longer than the limit, nor after the job was given up', async () => {
    const silent = { ...request, idempotencyKey: 'p-3:charge', paymentToken: 'tok_timeout' };
    await expect(adapter(provider.url, 200).charge(silent, never)).rejects.toMatchObject({
      code: 'BIL-PROVIDER-TIMEOUT',
    });
    const job = new AbortController();
    const asked = adapter(provider.url, 60_000).charge(silent, job.signal);
    job.abort(new Error('the attempt has expired'));
    await expect(asked).rejects.toMatchObject({ code: 'BIL-PROVIDER-UNAVAILABLE' });
  });
});

describe('the adapter and a provider that misbehaves', () => {
  let server: Server;
  let respond: RequestListener;
  let url: string;

  beforeAll(async () => {
    server = createServer((incoming, response) => respond(incoming, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/base`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const answers = (status: number, body = '', headers: Record<string, string> = {}): RequestListener => {
    return (_request, response) => void response.writeHead(status, headers).end(body);
  };

  it.each([
    [500, '', 'BIL-PROVIDER-UNAVAILABLE'],
    [503, '', 'BIL-PROVIDER-UNAVAILABLE'],
    [429, '', 'BIL-PROVIDER-UNAVAILABLE'],
    [422, '', 'BIL-PROVIDER-KEY-REUSED'],
    [400, '{"message":"tok_ok is odd"}', 'BIL-PROVIDER-REFUSED'],
    [401, '', 'BIL-PROVIDER-UNAUTHORIZED'],
    [403, '', 'BIL-PROVIDER-UNAUTHORIZED'],
    [200, '{"id":"ch_1","status":"captured"}', 'BIL-PROVIDER-ANSWER'],
    [201, '{"id":"ch_1","status":"pending"}', 'BIL-PROVIDER-ANSWER'],
    [201, '<html>', 'BIL-PROVIDER-ANSWER'],
  ])('takes %i %s for %s, and neither token nor key into the error', async (status, body, code) => {
    respond = answers(status, body);
    const error: unknown = await adapter(url)
      .charge(request, never)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, details: { status } });
    expect(String(error) + JSON.stringify(error)).not.toMatch(/tok_ok|key-of-the/);
  });

  it('follows no redirect: it would carry the token elsewhere', async () => {
    const seen: (string | undefined)[] = [];
    respond = (incoming, response) => {
      seen.push(incoming.url);
      response.writeHead(307, { location: `${url}/elsewhere` }).end();
    };
    await expect(adapter(url).charge(request, never)).rejects.toMatchObject({ code: 'BIL-PROVIDER-ANSWER' });
    expect(seen).toEqual(['/base/v1/charges']);
  });

  it('knows nothing when the connection breaks in the middle of the answer', async () => {
    respond = (_request, response) => {
      response.writeHead(201, { 'content-length': '100' });
      response.write('{"id":', () => response.destroy());
    };
    await expect(adapter(url).charge(request, never)).rejects.toMatchObject({ code: 'BIL-PROVIDER-UNAVAILABLE' });
  });

  it('sends the trace along, as that of a span of its own', async () => {
    let traceparent = '';
    respond = (incoming, response) => {
      traceparent = String(incoming.headers['traceparent']);
      response.writeHead(201).end('{"id":"ch_1","status":"captured"}');
    };
    const trace = newTrace();
    await runWithTrace(trace, () => adapter(url).charge(request, never));
    const [sent, current] = [parseTraceparent(traceparent), parseTraceparent(trace.traceparent)];
    expect(sent).toEqual({ ...current, spanId: expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect(sent?.spanId).not.toBe(current?.spanId);
  });
});
