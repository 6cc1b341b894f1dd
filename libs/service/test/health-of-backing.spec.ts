import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, eventually, ownBacking, type TestDatabase } from '@dozen/testing';
import { servicePolicy } from '../src/run/policy.js';
import { HealthRig } from './support/health-rig.js';

/** What is tolerated, and the second that a check has. */
const UNREADY_WITHIN_MS = servicePolicy.databaseGraceMs + 1_500;
const SHORT_OUTAGE_MS = 1_000;
const DONE = ['requested', 'handled', 'echoed'];
const rig = new HealthRig();

describe('a database that stands still', () => {
  let backing: Awaited<ReturnType<typeof ownBacking>>;

  beforeAll(async () => {
    backing = await ownBacking('postgres');
  }, 60_000);
  afterEach(() => rig.stop(), 40_000);
  afterAll(() => backing.stop(), 30_000);

  it('makes the service unready, not dead, however long its work waits', async () => {
    // A thirtieth of the limit that a service has; the pause is two and a half times the limit.
    const stalledMs = 2_000;
    const env = { DATABASE_URL: await backing.postgres.ensureDatabase('waiting') };
    const only = await rig.start(env, { policy: { stalledMs, stallCheckMs: 200 } });
    const ids = await Promise.all(Array.from({ length: 10 }, () => only.ping('x')));
    await backing.postgres.kill('SIGSTOP');
    try {
      const stoodStillAt = performance.now();
      while (performance.now() < stoodStillAt + 2.5 * stalledMs) {
        expect((await only.probe('livez')).status).toBe(200);
        const ready = await only.probe('readyz');
        if (performance.now() < stoodStillAt + UNREADY_WITHIN_MS) continue;
        expect(ready).toMatchObject({ status: 503, checks: { database: { ok: false } } });
      }
    } finally {
      await backing.postgres.kill('SIGCONT');
    }
    await only.running.ready();
    await eventually(async () => {
      for (const id of ids) expect(await only.steps(id)).toEqual(DONE);
    });
  }, 90_000);

  it('for a second does not make it unready', async () => {
    const only = await rig.start({ DATABASE_URL: await backing.postgres.ensureDatabase('short-outage') });
    await backing.postgres.kill('SIGSTOP');
    const seen = only.readinessFor(4 * SHORT_OUTAGE_MS);
    await sleep(SHORT_OUTAGE_MS);
    await backing.postgres.kill('SIGCONT');
    expect(await seen).toEqual(new Set([200]));
  }, 60_000);

  it('during the drain is named at its deadline', async () => {
    const env = { DATABASE_URL: await backing.postgres.ensureDatabase('drained'), SHUTDOWN_DEADLINE_MS: '4000' };
    const only = await rig.start(env);
    await backing.postgres.kill('SIGSTOP');
    try {
      const begunAt = performance.now();
      await only.running.stop();
      expect(performance.now() - begunAt).toBeLessThan(6_000);
      expect(rig.exits).toEqual([1]);
      expect(rig.logs.find((line) => line.includes('drain deadline'))).toMatch(/hung: .*\w/);
    } finally {
      await backing.postgres.kill('SIGCONT');
    }
  }, 90_000);
});

describe('a broker', () => {
  let backing: Awaited<ReturnType<typeof ownBacking>>;
  let database: TestDatabase;
  let env: { DATABASE_URL: string; KAFKA_URL: string };

  beforeAll(async () => {
    backing = await ownBacking('kafka');
  }, 60_000);
  beforeEach(async () => {
    database = await createTestDatabase();
    env = { DATABASE_URL: database.url, KAFKA_URL: backing.kafka.url };
  });
  afterEach(async () => {
    await rig.stop();
    await database.drop();
  }, 40_000);
  afterAll(() => backing.stop(), 30_000);

  it('that stands still for a second does not make the service unready', async () => {
    const only = await rig.start(env);
    await backing.kafka.kill('SIGSTOP');
    const seen = only.readinessFor(6 * SHORT_OUTAGE_MS);
    await sleep(SHORT_OUTAGE_MS);
    await backing.kafka.kill('SIGCONT');
    expect(await seen).toEqual(new Set([200]));
  }, 90_000);

  it('that is killed makes the service unready, not dead, and is joined again', async () => {
    const only = await rig.start(env, { policy: { stalledMs: 5_000, stallCheckMs: 200 } });
    await backing.kafka.kill('SIGKILL');
    await eventually(async () => {
      expect(await only.probe('readyz')).toMatchObject({ status: 503, checks: { broker: { ok: false } } });
      expect((await only.probe('livez')).status).toBe(200);
    });
    const id = await only.ping('x');
    await backing.kafka.restart();
    await only.running.ready();
    await eventually(async () => {
      expect(await only.steps(id)).toEqual(DONE);
    });
    expect((await only.probe('livez')).status).toBe(200);
  }, 90_000);
});
