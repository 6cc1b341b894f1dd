import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTestDatabase, eventually, type TestDatabase, testKafkaUrl } from '@dozen/testing';
import { newId } from '@dozen/kernel';
import { createLogger } from '@dozen/telemetry';
import pg from 'pg';
import { KafkaJsBroker } from '../src/index.js';
import { OutsideApplication } from './outside/application.js';

/** npm and a compiler on two busy cores. */
const BUILD_MS = 180_000;
const TYPE = 'example.ParcelAccepted.v1';

let database: TestDatabase;
let application: OutsideApplication;
let complaints: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const env = { PATH: process.env['PATH'] ?? '', DATABASE_URL: database.url, KAFKA_URL: testKafkaUrl() };
  application = await OutsideApplication.install(env);
  await writeFile(join(application.dir, 'src', 'mistyped.ts'), MISTYPED);
  complaints = await application.compile();
}, BUILD_MS);

afterAll(async () => {
  await application.remove();
  await database.drop();
});

describe('the packages as a registry has them', () => {
  it('bring their types', () => {
    expect(complaints).toBe('');
  });

  it('have what the tests of an application need, with servers and without', async () => {
    expect(await application.test()).toMatch(/ pass 2\n[^]* skipped 0\n/);
  }, 60_000);
});

describe('an application outside this workspace', () => {
  it('handles an event once, whatever is delivered again, and ends with 0 on SIGTERM', async () => {
    await application.migrate();
    const url = await application.start();
    await eventually(async () => {
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
    });
    const parcel = newId();
    expect((await fetch(`${url}/parcels/${parcel}`, { method: 'POST' })).status).toBe(201);
    await eventually(async () => {
      expect(await labels(url, parcel)).toBe(1);
    });
    const [handled = 'none'] = await handledIds();
    // The record of the other id is behind the repeat: when it is handled, the repeat was seen.
    await send(parcel, [handled, newId()]);
    await eventually(async () => {
      expect(await labels(url, parcel)).toBeGreaterThan(1);
    });
    expect(await labels(url, parcel)).toBe(2);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect(await application.stop()).toBe(0);
  }, 60_000);
});

async function labels(url: string, parcel: string): Promise<number> {
  const answer = await fetch(`${url}/parcels/${parcel}`);
  return ((await answer.json()) as { labels: number }).labels;
}

async function handledIds(): Promise<string[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string }>('SELECT message_id AS id FROM messaging.inbox');
    return rows.map(({ id }) => id);
  } finally {
    await client.end();
  }
}

async function send(parcelId: string, ids: readonly string[]): Promise<void> {
  const logger = createLogger({ service: 'test', release: 'test', level: 'fatal' });
  const broker = new KafkaJsBroker({ url: testKafkaUrl(), clientId: 'stranger', logger });
  const producer = await broker.producer({ timeoutMs: 15_000 });
  const common = { ce_specversion: '1.0', ce_type: TYPE, ce_source: '/stranger', ce_time: new Date().toISOString() };
  const records = ids.map((id) => ({
    topic: 'parcels.events',
    key: parcelId,
    value: JSON.stringify({ parcelId }),
    headers: { ...common, ce_id: id },
  }));
  await producer.send(records, { timeoutMs: 15_000 });
  await producer.close();
  await broker.close();
}

/** Compiles only if the compiler sees each mistake. */
const MISTYPED = `
import type { UnitOfWork } from '@dozen/database';
import { Handles } from '@dozen/messaging';
import { ParcelAccepted } from './contract.js';

export class Mistyped {
  publish(unit: UnitOfWork): void {
    // @ts-expect-error: the payload of another type
    unit.publish(ParcelAccepted, { parcelId: 7 });
  }
  // @ts-expect-error: the parameter is of another type
  @Handles(ParcelAccepted)
  async handle(event: { parcelId: number }, _unit: UnitOfWork): Promise<void> {
    await Promise.resolve(event);
  }
}
`;
