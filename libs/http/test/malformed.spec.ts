import type { Duplex } from 'node:stream';
import { eventually } from '@dozen/testing';
import { FIXTURE_CONFIG, listenFixture } from './fixture.js';
import { answerIn, exchange, open, textOf } from './raw.js';

const HEAD = 'Host: x\r\nConnection: close\r\n';
const JSON_HEAD = `${HEAD}Content-Type: application/json\r\n`;
const DOCUMENTATION = 'https://docs.example.com/errors.md';
const GOOD = '{"sku":"abc","quantity":1}';

describe('bytes on a connection', () => {
  let http: Awaited<ReturnType<typeof listenFixture>>;

  beforeAll(async () => {
    http = await listenFixture({ config: { ...FIXTURE_CONFIG, PROBLEM_TYPE_BASE: DOCUMENTATION } });
  });
  afterAll(() => http.drain());

  const connections = (): Promise<number> =>
    new Promise((resolve, reject) => {
      http.app
        .getHttpAdapter()
        .getInstance()
        .server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
    });

  it.each([
    ['no host', 'GET /things/1 HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['no host, on a route that is none of Nest’s', 'GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['two hosts', `GET /things/1 HTTP/1.1\r\nHost: y\r\n${HEAD}\r\n`, 400],
    ['an expectation', `POST /things HTTP/1.1\r\n${HEAD}Expect: miracles\r\nContent-Length: 0\r\n\r\n`, 417],
    ['CONNECT', `CONNECT example.org:443 HTTP/1.1\r\n${HEAD}\r\n`, 400],
    ['a header of 20 kB', `GET /things/1 HTTP/1.1\r\n${HEAD}X: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['a path of 12 kB', `GET /${'x'.repeat(12_000)} HTTP/1.1\r\n${HEAD}\r\n`, 404],
    ['a method that nobody knows', `FOO /things/1 HTTP/1.1\r\n${HEAD}\r\n`, 400],
    ['OPTIONS', `OPTIONS /things/1 HTTP/1.1\r\n${HEAD}\r\n`, 405],
    ['OPTIONS of the server', `OPTIONS * HTTP/1.1\r\n${HEAD}\r\n`, 404],
    ['PROPFIND', `PROPFIND /things/1 HTTP/1.1\r\n${HEAD}\r\n`, 405],
    ['TRACE', `TRACE /things/1 HTTP/1.1\r\n${HEAD}\r\n`, 405],
    ['the start of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    [
      'a length and chunks',
      `POST /things HTTP/1.1\r\n${HEAD}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n`,
      400,
    ],
    ['two lengths', `POST /things HTTP/1.1\r\n${HEAD}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`, 400],
    ['a length below zero', `POST /things HTTP/1.1\r\n${HEAD}Content-Length: -3\r\n\r\n`, 400],
    ['a chunk without a size', `POST /things HTTP/1.1\r\n${JSON_HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400],
    ['a NUL in a header', `GET /things/1 HTTP/1.1\r\n${HEAD}X: a\0b\r\n\r\n`, 400],
    ['bytes past ASCII in the path', `GET /things/\xff\xfe HTTP/1.1\r\n${HEAD}\r\n`, 400],
    ['a path that cannot be decoded', `GET /things/%E0%A4%A HTTP/1.1\r\n${HEAD}\r\n`, 400],
    ['no path', `GET ?a HTTP/1.1\r\n${HEAD}\r\n`, 400],
    ['the hello of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
  ])('get a problem: %s', async (_name, bytes, status) => {
    const answer = answerIn(await exchange(http.port, bytes));
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
    expect(answer.body.length).toBeLessThan(1_000);
    const problem = JSON.parse(answer.body) as { status: number; code: string; type: string };
    expect(problem).toMatchObject({ status, code: expect.stringMatching(/^HTTP-/) });
    expect(problem.type).toBe(`${DOCUMENTATION}#${problem.code.toLowerCase()}`);
  });

  it('get no body with the refusal of a HEAD, which its client would take for another answer', async () => {
    const answer = answerIn(
      await exchange(http.port, `HEAD /things/1 HTTP/1.1\r\n${HEAD}X: ${'x'.repeat(20_000)}\r\n\r\n`),
    );
    expect(answer).toMatchObject({ status: 431, body: '' });
    expect(answer.headers).toMatchObject({ 'content-type': 'application/problem+json', connection: 'close' });
  });

  it.each([
    ['HTTP/1.0, which needs no host', 'GET /things/1 HTTP/1.0\r\n\r\n', 200],
    ['a target in absolute form', `GET http://x/things/1 HTTP/1.1\r\n${HEAD}\r\n`, 200],
    [
      'an upgrade that is not offered',
      `GET /things/1 HTTP/1.1\r\n${HEAD.replace('close', 'upgrade, close')}Upgrade: h2c\r\n\r\n`,
      200,
    ],
    [
      'Expect: 100-continue',
      `POST /things HTTP/1.1\r\n${JSON_HEAD}Expect: 100-continue\r\nContent-Length: ${GOOD.length}\r\n\r\n${GOOD}`,
      201,
    ],
    [
      'chunks with trailers',
      `POST /things HTTP/1.1\r\n${JSON_HEAD}Transfer-Encoding: chunked\r\n\r\n${GOOD.length.toString(16)}\r\n${GOOD}\r\n0\r\nX-T: 1\r\n\r\n`,
      201,
    ],
    ['a body where none is read', `GET /things/1 HTTP/1.1\r\n${JSON_HEAD}Content-Length: 1\r\n\r\n{`, 200],
  ])('are a request: %s', async (_name, bytes, status) => {
    expect(answerIn(await exchange(http.port, bytes)).status).toBe(status);
  });

  it('that are no request never pass for the answer to the request before them', async () => {
    const received = await exchange(http.port, 'GET /slow/300 HTTP/1.1\r\nHost: x\r\n\r\n@@@\r\n\r\n');
    expect(received).toBe('');
    const expectation = `POST /things HTTP/1.1\r\n${HEAD}Expect: miracles\r\nContent-Length: 0\r\n\r\n`;
    const both = await exchange(http.port, `GET /slow/300 HTTP/1.1\r\nHost: x\r\n\r\n${expectation}`);
    expect(answerIn(both)).toMatchObject({ status: 200 });
    expect(both).toContain('HTTP/1.1 417 ');
  });

  it('end no process when the client of a CONNECT resets its connection', async () => {
    const { server } = http.app.getHttpAdapter().getInstance();
    // Node hands its socket over, and an error of it that nobody hears is thrown.
    const handed = new Promise<Duplex>((resolve) => server.once('connect', (_request, socket) => resolve(socket)));
    const client = await open(http.port);
    client.write(`CONNECT example.org:443 HTTP/1.1\r\n${HEAD}\r\n`);
    expect((await handed).listenerCount('error')).toBeGreaterThan(0);
    client.resetAndDestroy();
    await eventually(async () => expect(await connections()).toBe(0));
  });

  it('that come too slowly get a problem', async () => {
    const server = http.app.getHttpAdapter().getInstance().server;
    const { requestTimeout } = server;
    server.requestTimeout = 100;
    try {
      const socket = await open(http.port);
      socket.write('GET /things/1 HTTP/1.1\r\nHo');
      const answer = answerIn(await textOf(socket));
      expect(answer.status).toBe(408);
      expect(JSON.parse(answer.body)).toMatchObject({ code: 'HTTP-REQUEST-TIMEOUT' });
    } finally {
      server.requestTimeout = requestTimeout;
    }
  });

  it('leave no connection behind whose client does not hang up', async () => {
    await eventually(async () => expect(await connections()).toBe(0));
    // Not read, so the client does not see that the server has ended its side.
    const sockets = await Promise.all(Array.from({ length: 10 }, () => open(http.port)));
    for (const socket of sockets) socket.write('@@@\r\n\r\n');
    await eventually(async () => expect(await connections()).toBe(0));
    for (const socket of sockets) socket.destroy();
  });
});
