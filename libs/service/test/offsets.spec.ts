import { newId } from '@dozen/kernel';
import { KafkaJsBroker } from '@dozen/messaging';
import { createLogger } from '@dozen/telemetry';
import { createTestDatabase, eventually, type TestDatabase, testKafkaUrl } from '@dozen/testing';
import { runCommand } from '../src/admin/program.js';
import { type RunningService, startService } from '../src/index.js';
import { captureStdout } from './capture.js';
import { pingService } from './pings.js';

interface Place {
  readonly partition: number;
  readonly committed?: string;
  readonly high: string;
  readonly state: string;
}

const service = pingService();
const topic = service.consumes[0]?.name ?? '';
const running: RunningService[] = [];
let database: TestDatabase;
let env: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  env = {
    DATABASE_URL: database.url,
    KAFKA_URL: testKafkaUrl(),
    PORT: '0',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'silent',
    NODE_ENV: 'test',
  };
  await runCommand(service, ['migrate'], env);
});

afterAll(async () => {
  await Promise.all(running.map((one) => one.stop()));
  await database.drop();
});

async function admin<T>(...args: string[]): Promise<{ status: number; out: T }> {
  const print = captureStdout();
  try {
    const status = await runCommand(service, [...args, '--json'], env);
    return { status, out: JSON.parse(print.text()) as T };
  } finally {
    print.restore();
  }
}

async function start(): Promise<RunningService> {
  const started = await startService(service, { env, exit: () => undefined });
  running.push(started);
  return started;
}

const consumerOf = async ({ url }: RunningService): Promise<unknown> => {
  const { checks } = (await (await fetch(`${url}/readyz`)).json()) as { checks: Record<string, unknown> };
  return checks['consumer'];
};

describe('a service whose next offset is not in the log', () => {
  it('is alive and not ready, and ready again after an operator stopped it and set the offset', async () => {
    expect((await admin<Place[]>('offsets', 'show')).out.map(({ state }) => state)).toEqual(['new', 'new']);
    const broker = new KafkaJsBroker({
      url: testKafkaUrl(),
      clientId: 'test',
      logger: createLogger({ service: 'test', release: 'test', level: 'silent' }),
    });
    await broker.setOffsets(service.name, [{ topic, partition: 1, offset: '99' }]);
    await broker.close();

    const lost = await start();
    await eventually(async () => {
      expect(await consumerOf(lost)).toEqual({ ok: false, reason: `MSG-OFFSET-RANGE: not in the log: ${topic}/1@99` });
    });
    expect((await fetch(`${lost.url}/livez`)).status).toBe(200);
    const shown = await admin<Place[]>('offsets', 'show');
    expect(shown).toMatchObject({
      status: 1,
      out: [{ state: 'inside' }, { committed: '99', high: '0', state: 'above' }],
    });

    const refused = await admin('offsets', 'set', topic, '1', 'latest');
    expect(refused).toMatchObject({ status: 1, out: { error: { code: 'MSG-GROUP-ACTIVE' } } });
    await lost.stop();
    const nowhere = await admin('offsets', 'set', topic, '1', '7');
    expect(nowhere).toMatchObject({ status: 1, out: { error: { code: 'SERVICE-OFFSET' } } });
    expect((await admin('offsets', 'set', topic, '5', 'latest')).status).toBe(1);
    const set = await admin('offsets', 'set', topic, '1', 'latest');
    expect(set).toMatchObject({ status: 0, out: { topic, partition: 1, from: '99', to: '0' } });

    const { ready, url } = await start();
    await ready();
    const ids = Array.from({ length: 10 }, () => newId());
    for (const id of ids) {
      await fetch(`${url}/pings`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ id, text: 'x' }),
      });
    }
    await eventually(async () => {
      for (const id of ids) expect(await (await fetch(`${url}/pings/${id}`)).json()).toContain('handled');
    });
  }, 60_000);
});
