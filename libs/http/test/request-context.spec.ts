import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { listenFixture } from './fixture.js';

const PARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('the context of a request', () => {
  let http: Awaited<ReturnType<typeof listenFixture>>;

  beforeAll(async () => {
    http = await listenFixture();
  });
  afterAll(() => http.drain());

  it('is still there in the handler when the body comes in later, by itself', async () => {
    const head = `POST /trace HTTP/1.1\r\nHost: x\r\nConnection: close\r\ntraceparent: ${PARENT}\r\nX-Request-Id: r-3\r\n`;
    const answer = await new Promise<string>((resolve, reject) => {
      let received = '';
      const socket = connect(http.port, '127.0.0.1', () => {
        socket.write(`${head}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n`);
        void sleep(50).then(() => socket.write('{}'));
      });
      socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
      socket.once('end', () => resolve(received));
      socket.once('error', reject);
    });
    const trace = JSON.parse(answer.slice(answer.indexOf('{'))) as { traceparent: string; correlationId: string };
    expect(trace.correlationId).toBe('r-3');
    expect(trace.traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-01$/);
  });

  it('begins a new trace for a caller that sends none, or a malformed one', async () => {
    const traces = await Promise.all(
      [undefined, '00-zzz'].map(async (traceparent) => {
        const response = await fetch(`http://127.0.0.1:${http.port}/trace`, {
          method: 'POST',
          ...(traceparent !== undefined && { headers: { traceparent } }),
        });
        return ((await response.json()) as { traceparent: string }).traceparent;
      }),
    );
    for (const trace of traces) expect(trace).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-03$/);
    expect(new Set(traces).size).toBe(2);
  });
});
