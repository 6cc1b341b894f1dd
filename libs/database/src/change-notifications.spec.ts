import { createServer, type Server, type Socket } from 'node:net';
import { createLogger } from '@dozen/telemetry';
import { eventually } from '@dozen/testing';
import { ChangeNotifications, notificationsPolicy } from './change-notifications.js';

const text = (value: string): Buffer => Buffer.from(`${value}\0`);
const int32 = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer).swap32();

/** A message of PostgreSQL's protocol. */
function message(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

const READY = message('Z', Buffer.from('I'));
const GREETING = Buffer.concat([message('R', int32(0)), READY]);
const DONE = Buffer.concat([message('C', text('LISTEN')), READY]);
const LAST_WORDS = message('E', text('SFATAL'), text('C57P01'), text('Mterminating connection'), Buffer.of(0));
const notification = (queue: string): Buffer => message('A', int32(1), text('channel'), text(queue));

/** A server that takes every statement for granted, or says nothing at all. */
class FakePostgres {
  readonly connections: Socket[] = [];
  silent = false;
  readonly #server: Server = createServer((socket) => {
    this.connections.push(socket);
    let greeted = false;
    socket
      .on('error', () => undefined)
      .on('data', () => {
        if (!this.silent) socket.write(greeted ? DONE : GREETING);
        greeted = true;
      });
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the server does not listen');
    return `postgres://user:secret@127.0.0.1:${address.port}/jobs`;
  }

  async stop(): Promise<void> {
    for (const socket of this.connections) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

let server: FakePostgres;
let notifications: ChangeNotifications;
let heard: string[];
let gaps: number;

beforeEach(async () => {
  server = new FakePostgres();
  [heard, gaps] = [[], 0];
  notifications = new ChangeNotifications({
    config: {
      DATABASE_URL: await server.start(),
      DATABASE_POOL_MAX: 1,
      DATABASE_POOL_IDLE_MS: 1_000,
      DATABASE_POOL_LIFETIME_S: 60,
      DATABASE_CONNECT_TIMEOUT_MS: 60_000,
    },
    service: 'under-test',
    logger: createLogger({ service: 'under-test', release: 'test', level: 'silent' }),
  });
  notifications.listen('channel', { onNotification: (payload) => heard.push(payload), onGap: () => (gaps += 1) });
  notifications.start();
});
afterEach(async () => {
  await notifications.stop();
  await server.stop();
});

const listening = (times: number): Promise<void> =>
  eventually(() => {
    expect(gaps).toBe(times);
  });

describe('notifications', () => {
  it('are heard with their payloads', async () => {
    await listening(1);
    server.connections[0]?.write(Buffer.concat([notification('charge'), notification('mail')]));
    await eventually(() => {
      expect(heard).toEqual(['charge', 'mail']);
    });
  });

  it('begins again after the last words of a server, and says that there was a gap', async () => {
    await listening(1);
    server.connections[0]?.end(LAST_WORDS);
    await listening(2);
    server.connections[1]?.write(notification('charge'));
    await eventually(() => {
      expect(heard).toEqual(['charge']);
    });
  });

  it('ends at once, and hears no last words any more', async () => {
    await listening(1);
    const began = performance.now();
    const stopped = notifications.stop();
    server.connections[0]?.write(LAST_WORDS);
    await stopped;
    expect(performance.now() - began).toBeLessThan(notificationsPolicy.answerMs / 5);
  });
});

describe('a server that says nothing', () => {
  it('holds up no end', async () => {
    await listening(1);
    server.silent = true;
    server.connections[0]?.destroy();
    await eventually(() => {
      expect(server.connections).toHaveLength(2);
    });
    const began = performance.now();
    await notifications.stop();
    expect(performance.now() - began).toBeLessThan(notificationsPolicy.answerMs / 5);
  });
});
