import { KafkaJsBroker } from '@dozen/messaging';
import { createLogger } from '@dozen/telemetry';
import { createTestDatabase, eventually, type TestDatabase, testKafkaUrl } from '@dozen/testing';
import { DataSource } from 'typeorm';
import { pingService } from './pings.js';
import { HealthRig, type WatchedService } from './support/health-rig.js';

const within = { timeoutMs: 30_000 };
const rig = new HealthRig();
let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await rig.stop();
  await database.drop();
}, 40_000);

describe('a handler that hangs and ignores its signal', () => {
  const inFlight = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'";

  async function hung({ running }: WatchedService): Promise<void> {
    await eventually(async () => {
      expect(await running.app.get(DataSource).query(inFlight)).not.toEqual([]);
    });
  }

  it('makes the process dead, also when it holds every connection, and its group is left to others', async () => {
    const service = pingService();
    // Longer than the server lets a transaction stand idle: that it ends one is not progress.
    const policy = { stalledMs: 7_000, stallCheckMs: 200 };
    const web = await rig.start({ DATABASE_URL: database.url, PROCESS_TYPES: 'web,relay' }, { service });
    const env = { DATABASE_URL: database.url, PROCESS_TYPES: 'consumer', DATABASE_POOL_MAX: '2' };
    const stuck = await rig.start(env, { service, policy });
    expect((await stuck.probe('livez')).status).toBe(200);
    // Enough for both partitions.
    for (let n = 0; n < 8; n += 1) await web.ping('hang');
    await eventually(async () => {
      expect(await stuck.probe('livez')).toMatchObject({
        status: 503,
        checks: { consumer: { ok: false, reason: expect.stringContaining('no progress: pings.') as string } },
      });
    }, within);
    expect(rig.logs.filter((line) => line.includes('MSG-STALLED'))).toHaveLength(1);
    await eventually(async () => {
      const { status, checks } = await stuck.probe('readyz');
      expect({ status, database: checks['database'] }).toEqual({ status: 503, database: { ok: true } });
    });
    const logger = createLogger({ service: 'test', release: 'test', level: 'silent' });
    const broker = new KafkaJsBroker({ url: testKafkaUrl(), clientId: 'test', logger });
    // Refused while the group has a member.
    await eventually(() => broker.setOffsets(service.name, []));
    await broker.close();
  }, 60_000);

  it('is named at the deadline of the drain, with which the process exits 1', async () => {
    const only = await rig.start({ DATABASE_URL: database.url, SHUTDOWN_DEADLINE_MS: '2000' });
    await only.ping('hang');
    await hung(only);
    const begunAt = performance.now();
    await only.running.stop();
    expect(performance.now() - begunAt).toBeLessThan(4_000);
    expect(rig.exits).toEqual([1]);
    expect(rig.logs.find((line) => line.includes('drain deadline'))).toMatch(
      /hung: consumers\/kafka consumer \(pings\.[^ ]+\/\d\)/,
    );
    // A process is gone by then; here the rest of the drain must not outlive the test.
    await eventually(() => {
      expect(rig.logs.filter((line) => line.includes('pools/nest, database and broker'))).toHaveLength(1);
      return Promise.resolve();
    }, within);
  }, 60_000);

  it('does not hold up the end of the process beyond its deadline', async () => {
    const only = await rig.start({ DATABASE_URL: database.url });
    await only.ping('hang');
    await hung(only);
    const begunAt = performance.now();
    await only.running.stop();
    expect(rig.exits).toEqual([0]);
    expect(performance.now() - begunAt).toBeLessThan(20_000);
  }, 60_000);
});

describe('a service that is told to end', () => {
  it('is unready at once and live until its end', async () => {
    const only = await rig.start({ DATABASE_URL: database.url, HTTP_DRAIN_GRACE_MS: '1000' });
    const stopped = only.running.stop();
    expect(await only.probe('readyz')).toMatchObject({ status: 503, checks: { draining: { ok: false } } });
    expect((await only.probe('livez')).status).toBe(200);
    await stopped;
    expect(rig.exits).toEqual([0]);
  }, 60_000);
});

describe('an event loop that is blocked again and again', () => {
  it('makes the process dead, not unready', async () => {
    const env = { DATABASE_URL: database.url, PROCESS_TYPES: 'web' };
    const only = await rig.start(env, { policy: { blockedMs: 50 } });
    expect((await only.probe('livez')).status).toBe(200);
    const blocking = setInterval(() => {
      for (const until = performance.now() + 100; performance.now() < until;);
    }, 0);
    try {
      await eventually(async () => {
        expect(await only.probe('livez')).toMatchObject({
          status: 503,
          checks: {
            'event loop': { ok: false, reason: expect.stringContaining('the event loop is blocked') as string },
          },
        });
      }, within);
      expect((await only.probe('readyz')).status).toBe(200);
    } finally {
      clearInterval(blocking);
    }
  }, 60_000);
});
