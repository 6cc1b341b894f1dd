import { Agent, get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@dozen/testing';
import { FIXTURE_CONFIG, listenFixture } from './fixture.js';

describe('the end of an HTTP server', () => {
  let http: Awaited<ReturnType<typeof listenFixture>>;

  beforeEach(async () => {
    http = await listenFixture();
  });

  afterEach(() => http.drain());

  it('answers a request that was taken, and says that the connection closes', async () => {
    const answer = request(http.port, '/slow/400');
    await sleep(50);
    const drained = http.drain();
    const { status, headers, body } = await answer;
    expect({ status, body }).toEqual({ status: 200, body: '{"waited":400}' });
    expect(headers.connection).toBe('close');
    await drained;
  });

  it('loses no request of clients that keep their connections busy', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 20 });
    const outcomes: (number | string)[] = [];
    let draining = false;
    const client = async (): Promise<void> => {
      // Bounded, so that a server which never says `close` fails this test instead of hanging it.
      for (const end = performance.now() + 10_000; performance.now() < end;) {
        const response = await request(http.port, '/slow/2', agent);
        outcomes.push(response.status);
        // As a balancer would: a connection that is told to close is not used for another request.
        if (draining && response.headers.connection === 'close') return;
      }
      throw new Error('the server never said that the connection closes');
    };
    const clients = Promise.all(Array.from({ length: 20 }, client));
    await eventually(() => expect(outcomes.length).toBeGreaterThan(100));
    draining = true;
    const drained = http.drain();
    try {
      await clients;
    } finally {
      agent.destroy();
      await drained;
    }
    expect(new Set(outcomes)).toEqual(new Set([200]));
  });

  it('goes on accepting during the grace and refuses after it', async () => {
    await http.drain();
    http = await listenFixture({ config: { ...FIXTURE_CONFIG, HTTP_DRAIN_GRACE_MS: 1500 } });
    const drained = http.drain();
    expect((await request(http.port, '/things/1')).status).toBe(200);
    await drained;
    await expect(request(http.port, '/things/1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('does not wait for a connection that never sent a request', async () => {
    const socket = await open(http.port);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const startedAt = performance.now();
    await http.drain();
    await closed;
    expect(performance.now() - startedAt).toBeLessThan(4000);
  });

  it('takes the request of a connection that was accepted before the listener closed', async () => {
    const socket = await open(http.port);
    const drained = http.drain();
    await sleep(200);
    const answer = text(socket);
    socket.write('GET /things/7 HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*connection: close\r\n[^]*\{"id":"7"\}$/i);
    await drained;
  });

  it('lets a client that reads slowly read its answer to the end', async () => {
    const socket = await open(http.port);
    let received = 0;
    let allowance = 0;
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length;
      allowance -= chunk.length;
      if (allowance <= 0) socket.pause();
    });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write('GET /big HTTP/1.1\r\nHost: x\r\n\r\n');
    // Slowly for longer than an answer that is not read may wait, and then the rest at once.
    const startedAt = performance.now();
    const reading = setInterval(() => {
      allowance = performance.now() - startedAt < 7_000 ? 50_000 : Infinity;
      socket.resume();
    }, 50);
    await eventually(() => expect(received).toBeGreaterThan(0));
    const drained = http.drain();
    await closed;
    clearInterval(reading);
    await drained;
    expect(received).toBeGreaterThan(30_000_000);
  }, 20_000);

  it('answers bytes that are no HTTP with a problem', async () => {
    const socket = await open(http.port);
    const answer = text(socket);
    socket.write('hello\r\n\r\n');
    expect(await answer).toMatch(/^HTTP\/1\.1 400 [^]*application\/problem\+json[^]*"code":"HTTP-BAD-REQUEST"/);
    await http.drain();
  });
});

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
  });
}

function text(stream: Socket | IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => (received += chunk));
    stream.once('end', () => resolve(received));
    stream.once('error', reject);
  });
}

async function request(port: number, path: string, agent?: Agent) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, ...(agent !== undefined && { agent }) }, resolve).once('error', reject);
  });
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
}
