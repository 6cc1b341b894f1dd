import { issuer, startFixture, ThingsModule } from '../../test/fixture.js';
import { TokenVerifier } from './token-verifier.js';
import { UnsecuredJWT } from 'jose';
import fc from 'fast-check';
import type { SessionTokens } from './auth-guard.js';

type Fixture = Awaited<ReturnType<typeof startFixture>>;

describe('the bearer guard', () => {
  let http: Fixture;
  let sign: Awaited<ReturnType<typeof issuer>>['sign'];
  let raw: Awaited<ReturnType<typeof issuer>>['raw'];

  beforeAll(async () => {
    const { verifier, ...signers } = await issuer();
    ({ sign, raw } = signers);
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
      acceptedUntil: expect.any(String),
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

  it.each([
    ['a NUL in sub', { sub: 'a\0b' }],
    ['half of a surrogate pair in sub', { sub: 'a\ud800' }],
    ['a long sub', { sub: 'x'.repeat(201) }],
    ['an empty sub', { sub: '' }],
    ['a sub that is a number', { sub: 7 }],
    ['a sub that is an object', { sub: { toString: 'x' } }],
    ['a NUL in email', { email: 'a\0b@example.org' }],
    ['an email that is a list', { email: ['ada@example.org'] }],
    ['a local part of 65 characters', { email: `${'x'.repeat(65)}@example.org` }],
    ['a long email', { email: `${'x'.repeat(320)}@example.org` }],
    ['a NUL in scope', { scope: 'things:read\0' }],
    ['a scope that is a number', { scope: 7 }],
    ['2,000 scopes that are none', { scope: Array.from({ length: 2_000 }, () => 7) }],
    ['scopes of text that no scope has', { scope: ['\ud800', 'a"b', 'a b'] }],
    ['an issuer that is a list', { iss: ['https://issuer.test', 'x'] }],
    ['a NUL in the issuer', { iss: 'https://issuer.test\0' }],
    ['an audience that is a number', { aud: 7 }],
    ['an audience with a NUL', { aud: 'dozen\0' }],
    ['an end that is text', { exp: '9999999999' }],
    ['an end past all dates', { exp: 1e300 }],
    ['an end that a Date has and a store has not', { exp: 8.64e12 }],
    ['a beginning that is text', { nbf: 'now' }],
    ['a beginning in the future', { nbf: 9_999_999_999 }],
  ])('refuses %s with 401, in few words', async (_name, claims) => {
    const response = await me(`Bearer ${await raw(claims)}`);
    expect(response.statusCode).toBe(401);
    expect(response.json()).toMatchObject({ code: 'AUTH-INVALID-TOKEN' });
    expect(response.headers['www-authenticate']?.length).toBeLessThan(400);
    expect(response.body.length).toBeLessThan(1_000);
  });

  it.each([
    ['an id of the token of another type', { jti: { a: ['\0'] } }],
    ['claims that nobody asks for', { 'a\0': '\ud800', ['__proto__']: 7, constructor: 7 }],
    ['a locale of another type', { locale: 7 }],
    ['an end with fractions', { exp: Date.now() / 1000 + 60.123456 }],
    ['no scope', { scope: undefined }],
    ['a sub past ASCII', { sub: 'ädä 💜' }],
  ])('takes a token with %s', async (_name, claims) => {
    expect((await me(`Bearer ${await raw(claims)}`)).statusCode).toBe(200);
  });

  it.each(['info@xn--e1afmkfd.xn--p1ai', 'you&me@example.org', 'a/b@example.org', "o'neill+x@example.org"])(
    'takes a token of %s',
    async (email) => {
      expect((await me(`Bearer ${await sign({ email })}`)).json()).toMatchObject({ email });
    },
  );

  it.each([
    ['an algorithm that is none', { alg: 'none' }],
    ['an algorithm of another type', { alg: 7 }],
    ['an algorithm of another kind of key', { alg: 'RS256' }],
    ['a symmetric algorithm', { alg: 'HS256' }],
    ['a key id of another type', { kid: { a: 1 } }],
    ['an unknown key id', { kid: 'k2' }],
    ['an extension that must be understood', { crit: ['\0'.repeat(5_000)] }],
    ['an unencoded payload', { b64: false, crit: ['b64'] }],
    ['a key of its own', { jwk: { kty: 'oct', k: 'AAAA' }, kid: 'k3' }],
  ])('refuses a token whose header has %s with 401', async (_name, header) => {
    const [, payload = '', signature = ''] = (await sign()).split('.');
    const forged = Buffer.from(JSON.stringify({ alg: 'ES256', kid: 'k1', ...header })).toString('base64url');
    const response = await me(`Bearer ${forged}.${payload}.${signature}`);
    expect(response.json()).toMatchObject({ status: 401, code: 'AUTH-INVALID-TOKEN' });
    expect(response.headers['www-authenticate']?.length).toBeLessThan(400);
  });

  it('refuses every token that was changed on its way with 401', async () => {
    const good = await sign();
    await fc.assert(
      fc.asyncProperty(
        fc.nat(good.length - 1),
        fc.constantFrom('.', 'A', 'Z', 'a', 'z', '0', '9', '-', '_'),
        async (at, character) => {
          const changed = good.slice(0, at) + character + good.slice(at + 1);
          const { statusCode } = await me(`Bearer ${changed}`);
          // The last character of a part has bits that do not count.
          expect(statusCode === 401 || (statusCode === 200 && sameBytes(changed, good))).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
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

describe('a session whose token is no longer good', () => {
  const SESSIONS = Symbol('sessions');
  class WithSessions {}

  async function startWith(sessions: SessionTokens): Promise<Fixture> {
    const { verifier } = await issuer();
    const providers = [{ provide: SESSIONS, useValue: sessions }];
    const module = { module: WithSessions, imports: [ThingsModule], providers };
    const http = await startFixture({ verifier, module, sessions: SESSIONS });
    await http.app.init();
    return http;
  }

  it.each([
    ['was signed by a key that is withdrawn', async () => (await issuer()).sign(), 401],
    ['cannot be found', () => Promise.reject(Object.assign(new Error('away'), { code: 'ECONNREFUSED' })), 503],
  ])('keeps nobody from a public route: it %s', async (_name, find, elsewhere) => {
    const http = await startWith({ find });
    const headers = { cookie: 'dozen-session=x' };
    expect((await http.app.inject({ url: '/me', headers })).statusCode).toBe(elsewhere);
    expect((await http.app.inject({ url: '/things/7', headers })).statusCode).toBe(200);
    const badToken = { ...headers, authorization: 'Bearer abc.def.ghi' };
    expect((await http.app.inject({ url: '/things/7', headers: badToken })).statusCode).toBe(401);
    const fromElsewhere = { ...headers, 'sec-fetch-site': 'cross-site' };
    const refused = await http.app.inject({ method: 'POST', url: '/trace', headers: fromElsewhere });
    expect(refused.statusCode).toBe(403);
    await http.app.close();
  });
});

function sameBytes(token: string, other: string): boolean {
  const bytes = (text: string): string =>
    text
      .split('.')
      .map((part) => Buffer.from(part, 'base64url').toString('hex'))
      .join('.');
  return bytes(token) === bytes(other);
}
