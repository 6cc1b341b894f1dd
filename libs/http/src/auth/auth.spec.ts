import { issuer, startFixture } from '../../test/fixture.js';
import { TokenVerifier } from './token-verifier.js';
import { UnsecuredJWT } from 'jose';

type Fixture = Awaited<ReturnType<typeof startFixture>>;

describe('the bearer guard', () => {
  let http: Fixture;
  let sign: Awaited<ReturnType<typeof issuer>>['sign'];

  beforeAll(async () => {
    const { verifier, sign: signer } = await issuer();
    sign = signer;
    http = await startFixture({ verifier });
    await http.app.init();
  });
  afterAll(() => http.app.close());

  const me = (authorization: string, method: 'GET' | 'POST' = 'GET') =>
    http.app.inject({ method, url: '/me', headers: { authorization } });

  it('gives the handler the user of a good token, whatever the case of the scheme', async () => {
    const response = await me(`bEARER ${await sign()}`);
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual({
      id: 'ada',
      email: 'ada@example.com',
      locale: 'de-DE',
      scopes: ['things:read'],
      endsAt: expect.any(String),
    });
  });

  it('falls back to English for a locale that is none', async () => {
    expect((await me(`Bearer ${await sign({ locale: 'de_DE!' })}`)).json()).toMatchObject({ locale: 'en' });
  });

  it('challenges without an error code when there are no bearer credentials', async () => {
    for (const response of [await http.app.inject({ url: '/me' }), await me('Basic YTpi')]) {
      expect(response.statusCode).toBe(401);
      expect(response.headers['www-authenticate']).toBe('Bearer realm="dozen"');
      expect(response.json()).toMatchObject({ code: 'AUTH-REQUIRED' });
    }
  });

  it.each([
    ['garbage', () => Promise.resolve('abc.def.ghi')],
    ['an expired one', () => sign({}, '-5m')],
    ['one of another issuer', () => sign({ iss: 'https://evil.test' })],
    ['one without an address', () => sign({ email: undefined })],
    ['one that is not signed', () => Promise.resolve(new UnsecuredJWT({ sub: 'ada' }).encode())],
    ['one signed by another key', async () => (await issuer()).sign()],
  ])('refuses %s as invalid_token', async (_name, token) => {
    const response = await me(`Bearer ${await token()}`);
    expect(response.statusCode).toBe(401);
    expect(response.headers['www-authenticate']).toMatch(
      /^Bearer realm="dozen", error="invalid_token", error_description="[^"\\]+"$/,
    );
    expect(response.json()).toMatchObject({ code: 'AUTH-INVALID-TOKEN' });
  });

  it('accepts a token of an issuer whose clock is 20 s behind', async () => {
    expect((await me(`Bearer ${await sign({}, '-20s')}`)).statusCode).toBe(200);
  });

  it('needs every scope of the route', async () => {
    const refused = await me(`Bearer ${await sign()}`, 'POST');
    expect(refused.statusCode).toBe(403);
    expect(refused.headers['www-authenticate']).toBe(
      'Bearer realm="dozen", error="insufficient_scope", scope="things:write things:read"',
    );
    const granted = await me(`Bearer ${await sign({ scope: 'things:read things:write' })}`, 'POST');
    expect(granted.statusCode).toBe(201);
  });

  it('answers 503 and not 401 when the keys cannot be fetched', async () => {
    const verifier = new TokenVerifier(() => Promise.reject(new TypeError('fetch failed')), {
      issuer: 'https://issuer.test',
      audience: ['dozen'],
    });
    const down = await startFixture({ verifier });
    await down.app.init();
    const response = await down.app.inject({ url: '/me', headers: { authorization: `Bearer ${await sign()}` } });
    expect(response.statusCode).toBe(503);
    expect(response.json()).toMatchObject({ code: 'AUTH-UNAVAILABLE' });
    expect(response.headers['retry-after']).toBe('2');
    await down.app.close();
  });

  it('is closed when no verifier is configured', async () => {
    const closed = await startFixture();
    await closed.app.init();
    const response = await closed.app.inject({ url: '/me', headers: { authorization: `Bearer ${await sign()}` } });
    expect(response.statusCode).toBe(401);
    await closed.app.close();
  });
});
