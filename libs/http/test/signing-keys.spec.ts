import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger } from '@dozen/telemetry';
import { signingKeys, TokenVerifier } from '../src/index.js';
import { issuer } from './fixture.js';

const logger = createLogger({ service: 'keys', release: 'test', level: 'silent' });

describe('signing keys from a JWKS URL', () => {
  let server: Server;
  let answer: { status: number; body: string };
  let asked: number;
  let url: URL;

  beforeEach(async () => {
    asked = 0;
    server = createServer((_request, response) => {
      asked += 1;
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`);
  });
  afterEach(() => void server.close());

  it('are fetched once for many tokens at the same time, and serve on when the issuer is down', async () => {
    const { jwks, sign, accepts } = await issuer();
    answer = { status: 200, body: JSON.stringify(jwks) };
    const verifier = new TokenVerifier(signingKeys(url, logger), accepts);
    const tokens = await Promise.all([sign(), sign(), sign()]);
    await Promise.all(tokens.map((token) => verifier.verify(token)));
    expect(asked).toBe(1);
    answer = { status: 500, body: '' };
    await expect(verifier.verify(await sign())).resolves.toMatchObject({ id: 'ada' });
  });

  it.each([
    ['an error', { status: 500, body: '' }],
    ['no key set', { status: 200, body: '{"keys":7}' }],
    ['no JSON', { status: 200, body: '<html>' }],
  ])('make tokens uncheckable, not invalid, when the URL answers %s', async (_name, wrong) => {
    const { sign, accepts } = await issuer();
    answer = wrong;
    const verifier = new TokenVerifier(signingKeys(url, logger), accepts);
    await expect(verifier.verify(await sign())).rejects.toMatchObject({ code: 'AUTH-UNAVAILABLE' });
  });

  it('make tokens uncheckable when nothing listens, and are had again once something does', async () => {
    const { jwks, sign, accepts } = await issuer();
    answer = { status: 200, body: JSON.stringify(jwks) };
    const verifier = new TokenVerifier(signingKeys(url, logger), accepts);
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    await expect(verifier.verify(await sign())).rejects.toMatchObject({ code: 'AUTH-UNAVAILABLE' });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    await expect(verifier.verify(await sign())).resolves.toMatchObject({ id: 'ada' });
  });
});
