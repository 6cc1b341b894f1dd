import { eventually } from '@dozen/testing';
import { listenFixture, streams } from './fixture.js';
import { answerIn, exchange, open } from './raw.js';

const request = (path: string, method = 'GET'): string => `${method} ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;

describe('an answer that is a stream', () => {
  let http: Awaited<ReturnType<typeof listenFixture>>;

  beforeEach(async () => {
    http = await listenFixture();
  });
  afterEach(() => http.drain());

  const noneOpen = (): Promise<void> => eventually(() => expect(streams.open.size).toBe(0));

  it('is over at once when only its head was asked for', async () => {
    const head = answerIn(
      await exchange(http.port, 'HEAD /streams/0 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
    );
    expect(head).toMatchObject({ status: 200, body: '' });
    await noneOpen();
  });

  it('is over when the client goes', async () => {
    const sockets = await Promise.all(Array.from({ length: 50 }, () => open(http.port)));
    for (const socket of sockets) socket.write(request('/streams/0'));
    await eventually(() => expect(streams.open.size).toBe(50));
    for (const socket of sockets) socket.destroy();
    await noneOpen();
  });

  it('is over when the client was gone before it began', async () => {
    const socket = await open(http.port);
    const { begun } = streams;
    socket.write(request('/streams/200'), () => socket.destroy());
    await eventually(() => expect(streams.begun).toBe(begun + 1));
    await noneOpen();
  });

  it('is over when the client goes that waits for an earlier one on its connection', async () => {
    const socket = await open(http.port);
    socket.write(request('/streams/0').repeat(5));
    await eventually(() => expect(streams.open.size).toBe(5));
    socket.destroy();
    await noneOpen();
  });
});

describe('a client that does not read', () => {
  it('does not hold up the end of the server', async () => {
    const http = await listenFixture();
    const socket = await open(http.port);
    socket.write(request('/big'));
    await eventually(() => expect(socket.readableLength).toBeGreaterThan(0));
    const began = performance.now();
    await http.drain();
    expect(performance.now() - began).toBeLessThan(20_000);
    socket.destroy();
  });
});
