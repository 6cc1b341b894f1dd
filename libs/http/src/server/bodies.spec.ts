import { gzipSync } from 'node:zlib';
import { FIXTURE_CONFIG, startFixture } from '../../test/fixture.js';

type Fixture = Awaited<ReturnType<typeof startFixture>>;

const GOOD = { sku: 'abc', quantity: 1 };
const JSON_TYPE = { 'content-type': 'application/json' };

describe('the body of a request', () => {
  let http: Fixture;

  beforeAll(async () => {
    http = await startFixture({
      config: { ...FIXTURE_CONFIG, HTTP_BODY_LIMIT_BYTES: 1_000_000 },
    });
    await http.app.init();
  });
  afterAll(() => http.app.close());

  const post = (payload: string | Buffer, headers: Record<string, string> = JSON_TYPE, url = '/things') =>
    http.app.inject({ method: 'POST', url, payload, headers });

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON;charset="UTF-8"',
    'application/json; charset=utf8; x=y',
  ])('is taken as %s', async (type) => {
    expect((await post(JSON.stringify(GOOD), { 'content-type': type })).statusCode).toBe(201);
  });

  it('is taken with the coding "identity", and behind a byte order mark', async () => {
    const identity = await post(JSON.stringify(GOOD), { ...JSON_TYPE, 'content-encoding': 'Identity' });
    expect(identity.statusCode).toBe(201);
    expect((await post(`\uFEFF${JSON.stringify(GOOD)}`)).statusCode).toBe(201);
  });

  it.each([
    'text/plain',
    'text/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/vnd.api+json',
    'application/json; charset=utf-16',
    'application/json; charset=latin1',
    'application/*',
    'json',
    '/',
  ])('is refused as %s, with what would have been taken', async (type) => {
    const response = await post(JSON.stringify(GOOD), { 'content-type': type });
    expect(response.statusCode).toBe(415);
    expect(response.headers.accept).toBe('application/json');
    expect(response.headers['content-type']).toBe('application/problem+json');
    expect(response.json()).toMatchObject({ code: 'HTTP-MEDIA-TYPE' });
  });

  it('is refused without a type', async () => {
    expect((await post(JSON.stringify(GOOD), {})).json()).toMatchObject({ status: 415, code: 'HTTP-MEDIA-TYPE' });
  });

  it.each(['gzip', 'br', 'identity, gzip', 'x'])('is refused with the coding %s', async (coding) => {
    const body = gzipSync(JSON.stringify(GOOD));
    const response = await post(body, { ...JSON_TYPE, 'content-encoding': coding });
    expect(response.json()).toMatchObject({ status: 415, code: 'HTTP-CONTENT-CODING' });
    expect(response.headers['accept-encoding']).toBe('identity');
  });

  it.each([
    ['a stray byte', [0xff]],
    ['half a character', [0xe2, 0x82]],
    ['an overlong form', [0xc0, 0x80]],
    ['half of a surrogate pair', [0xed, 0xa0, 0x80]],
  ])('is refused with %s in it', async (_name, bytes) => {
    const body = Buffer.concat([Buffer.from('{"sku":"abc'), Buffer.from(bytes), Buffer.from('","quantity":1}')]);
    expect((await post(body)).json()).toMatchObject({ status: 400, code: 'HTTP-NOT-UTF8' });
  });

  it.each([
    ['a key __proto__', '{"sku":"abc","quantity":1,"__proto__":{"x":1}}'],
    ['a key constructor.prototype', '{"sku":"abc","quantity":1,"constructor":{"prototype":{}}}'],
    ['half a text', '{"sku":"abc'],
    ['a space alone', ' '],
    ['two texts', '{}{}'],
    ['a byte order mark alone', '\uFEFF'],
  ])('is no JSON with %s', async (_name, body) => {
    expect((await post(body)).json()).toMatchObject({ status: 400, code: 'HTTP-BAD-JSON' });
  });

  it.each([
    ['deep', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['deep in a member', `{"sku":"abc","quantity":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`],
    ['a number past all bounds', '{"sku":"abc","quantity":1e999}'],
    ['a number of many digits', `{"sku":"abc","quantity":${'9'.repeat(10_000)}}`],
    ['null', 'null'],
  ])('does not match the schema when it is %s', async (_name, body) => {
    expect((await post(body)).json()).toMatchObject({ status: 400, code: 'HTTP-VALIDATION' });
  });

  it('has the last of two equal keys', async () => {
    expect((await post('{"sku":"abc","quantity":1,"quantity":2}')).json()).toMatchObject({ body: { quantity: 2 } });
  });

  it.each(['application/json', 'text/plain', 'application/json; charset=utf-16'])(
    'may be none, whatever the type says (%s)',
    async (type) => {
      expect((await post('', { 'content-type': type, 'content-encoding': 'gzip' }, '/trace')).statusCode).toBe(201);
      const chunked = { 'content-type': type, 'transfer-encoding': 'chunked' };
      expect((await post('', chunked, '/trace')).statusCode).toBe(201);
    },
  );

  it('is none as well when it is chunked, empty and without a type', async () => {
    expect((await post('', { 'transfer-encoding': 'chunked' }, '/trace')).statusCode).toBe(201);
  });

  it('does not hide that there is no such path', async () => {
    expect((await post('{', { 'content-type': 'text/plain' }, '/nowhere')).json()).toMatchObject({ status: 404 });
    expect((await post('{', JSON_TYPE, '/slow/1')).json()).toMatchObject({ status: 405 });
  });
});
