import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningProvider, startProvider } from '../src/index.js';
import { body, call, KEY, postCharge } from './client.js';

describe('the provider over HTTP', () => {
  let dataDir: string;
  let provider: RunningProvider;
  let url: string;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'dozen-provider-'));
    provider = await startProvider({ dataDir, key: KEY, slowMs: 100 });
    url = provider.url;
  });

  afterAll(async () => {
    await provider.stop();
    await rm(dataDir, { recursive: true });
  });

  const chargesOf = async (key: string): Promise<unknown> =>
    (await call(`${url}/v1/charges?key=${encodeURIComponent(key)}`)).body.charges;

  it.each(['', 'Bearer', `Bearer ${KEY}x`, `bearer ${KEY}`, KEY, 'Basic dTpw'])(
    'does nothing for a client that shows %j',
    async (authorization) => {
      const answer = await call(`${url}/v1/charges`, 'GET', { headers: { authorization } });
      expect(answer).toMatchObject({ status: 401, body: { code: 'PROVIDER-UNAUTHORIZED' } });
      await call(`${url}/v1/payments/unauthorized/cancel`, 'POST', { headers: { authorization } });
      expect(await call(`${url}/v1/payments/unauthorized`)).toMatchObject({ status: 404 });
    },
  );

  it('lives for whoever asks', async () => {
    expect((await fetch(`${url}/livez`)).status).toBe(200);
  });

  it('captures, and says the same again for the same key and body', async () => {
    const first = await postCharge(url, 'p1:charge', body('tok_ok'));
    const again = await postCharge(url, 'p1:charge', body('tok_ok'));
    expect(first).toMatchObject({ status: 201, body: { status: 'captured', amount: 1250 } });
    expect(again).toEqual(first);
    expect(await chargesOf('p1:charge')).toEqual([{ ...first.body, attempts: 2 }]);
    expect((await call(`${url}/v1/charges/${String(first.body.id)}`)).body).toEqual(first.body);
  });

  it('never shows or keeps the token', async () => {
    await postCharge(url, 'hidden', body('tok_ok'));
    expect(JSON.stringify(await chargesOf('hidden'))).not.toContain('tok_');
  });

  it('refuses another body under a key that came before', async () => {
    await postCharge(url, 'reused', body('tok_ok'));
    const other = await postCharge(url, 'reused', body('tok_ok', 1));
    expect(other).toMatchObject({ status: 422, body: { code: 'PROVIDER-KEY-REUSED' } });
    expect(await chargesOf('reused')).toMatchObject([{ amount: 1250 }]);
  });

  it('declines with a code', async () => {
    const answer = await postCharge(url, 'declined', body('tok_declined'));
    expect(answer).toMatchObject({ status: 201, body: { status: 'declined', declineCode: 'card_declined' } });
  });

  it('fails the first attempt before or after the effect, and has one charge after the second', async () => {
    for (const [token, effects] of [
      ['tok_flaky_before', 0],
      ['tok_flaky_after', 1],
    ] as const) {
      expect(await postCharge(url, token, body(token))).toMatchObject({ status: 503 });
      expect(await chargesOf(token)).toHaveLength(effects);
      expect(await postCharge(url, token, body(token))).toMatchObject({ status: 201, body: { status: 'captured' } });
      expect(await chargesOf(token)).toMatchObject([{ attempts: 2 }]);
    }
  });

  it('charges once when the same key arrives many times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => postCharge(url, 'herd', body('tok_slow'))));
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    expect(await chargesOf('herd')).toMatchObject([{ attempts: 10 }]);
  });

  it('takes the money of tok_timeout and never answers', async () => {
    const silent = postCharge(url, 'silent', body('tok_timeout'), AbortSignal.timeout(300));
    await expect(silent).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(await chargesOf('silent')).toMatchObject([{ status: 'captured' }]);
  });

  it('takes no money for a key that was cancelled before it came', async () => {
    const cancel = await call(`${url}/v1/payments/early%3Acharge/cancel`, 'POST');
    expect(cancel).toEqual({ status: 200, body: { key: 'early:charge', attempts: 0, cancelled: true } });
    expect(await postCharge(url, 'early:charge', body('tok_ok'))).toMatchObject({ body: { status: 'cancelled' } });
  });

  it('does not cancel what is captured, and says so', async () => {
    await postCharge(url, 'late', body('tok_ok'));
    const cancel = await call(`${url}/v1/payments/late/cancel`, 'POST');
    expect(cancel.body).toMatchObject({ cancelled: false, charge: { status: 'captured' } });
    expect((await call(`${url}/v1/payments/late`)).body).toEqual(cancel.body);
  });

  it('cancels a slow charge that has not happened yet', async () => {
    const slow = postCharge(url, 'overtaken', body('tok_slow'));
    while ((await call(`${url}/v1/payments/overtaken`)).status === 404);
    await call(`${url}/v1/payments/overtaken/cancel`, 'POST');
    expect(await slow).toMatchObject({ status: 201, body: { status: 'cancelled' } });
  });

  it('refunds a captured charge, as often as it is asked', async () => {
    const { body: charge } = await postCharge(url, 'refunded', body('tok_ok'));
    for (let asked = 0; asked < 2; asked += 1) {
      const refund = await call(`${url}/v1/charges/${String(charge.id)}/refund`, 'POST');
      expect(refund).toMatchObject({ status: 200, body: { id: charge.id, status: 'refunded' } });
    }
  });

  it('has nothing to refund of a declined charge, nor of one that is not there', async () => {
    const { body: charge } = await postCharge(url, 'unrefundable', body('tok_declined'));
    expect(await call(`${url}/v1/charges/${String(charge.id)}/refund`, 'POST')).toMatchObject({ status: 409 });
    expect(await call(`${url}/v1/charges/ch_none/refund`, 'POST')).toMatchObject({ status: 404 });
  });

  it('lists every mistake of a body, and binds no key to it', async () => {
    const wrong = await postCharge(url, 'wrong', { amount: '12', currency: 'euro' });
    expect(wrong).toMatchObject({ status: 400, body: { code: 'PROVIDER-INVALID' } });
    for (const field of ['amount', 'currency', 'token', 'reference']) expect(wrong.body.message).toContain(field);
    expect(await postCharge(url, 'wrong', body('tok_ok'))).toMatchObject({ status: 201 });
  });

  it('wants an idempotency key', async () => {
    expect(await postCharge(url, '', body('tok_ok'))).toMatchObject({
      status: 400,
      body: { code: 'PROVIDER-KEY-MISSING' },
    });
  });
});
