import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@dozen/kernel';
import { KafkaJsBroker } from '@dozen/messaging';
import { createLogger } from '@dozen/telemetry';
import { createTestDatabase, eventually, ownBacking, type TestDatabase, testKafkaUrl } from '@dozen/testing';
import { DataSource } from 'typeorm';
import { runCommand } from '../src/admin/program.js';
import { type RunningService, startService, type StartOptions } from '../src/index.js';
import type { ServiceConfig } from '../src/define-service.js';
import { servicePolicy } from '../src/run/policy.js';
import { pingService } from './pings.js';

type Policy = NonNullable<StartOptions<ServiceConfig>['policy']>;

/** What is tolerated, and the second that a check has. */
const UNREADY_WITHIN_MS = servicePolicy.databaseBlipMs + 1_500;
const BLIP_MS = 1_000;
const PROBE_EVERY_MS = 100;
const patient = { timeoutMs: 30_000 };
const silent = createLogger({ service: 'test', release: 'test', level: 'silent' });
const running: RunningService[] = [];
const logs: string[] = [];
let exits: number[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
  exits = [];
  logs.length = 0;
}, 40_000);

async function start(service: ReturnType<typeof pingService>, env: Record<string, string>, policy: Policy = {}) {
  const destination = { write: (line: string) => void logs.push(line) };
  const started = await startService(service, {
    env: { PORT: '0', HOST: '127.0.0.1', ...env },
    logger: createLogger({ service: 'pings', release: 'test', level: 'info', destination }),
    exit: (code) => void exits.push(code),
    policy,
  });
  running.push(started);
  await started.ready();
  return started;
}

async function probe({ url }: RunningService, path: 'livez' | 'readyz') {
  const response = await fetch(`${url}/${path}`);
  return { status: response.status, ...((await response.json()) as { checks: Record<string, unknown> }) };
}

async function ping({ url }: RunningService, text: string): Promise<string> {
  const id = newId();
  const response = await fetch(`${url}/pings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id, text }),
  });
  expect(response.status).toBe(201);
  return id;
}

/** Statuses of /readyz for so long, one look every 100 ms whether the last has been answered or not. */
async function readinessFor(service: RunningService, ms: number): Promise<Set<number>> {
  const looks: Promise<number>[] = [];
  for (const until = performance.now() + ms; performance.now() < until;) {
    looks.push(probe(service, 'readyz').then(({ status }) => status));
    await sleep(PROBE_EVERY_MS);
  }
  return new Set(await Promise.all(looks));
}

const stepsOf = async ({ url }: RunningService, id: string) => (await fetch(`${url}/pings/${id}`)).json();

describe('a handler that hangs and ignores its signal', () => {
  let database: TestDatabase;
  let env: Record<string, string>;

  beforeEach(async () => {
    database = await createTestDatabase();
    env = { DATABASE_URL: database.url, KAFKA_URL: testKafkaUrl() };
  });
  afterEach(() => database.drop());

  it('makes the process dead, also when it holds every connection, and its group is left to others', async () => {
    const service = pingService();
    await runCommand(service, ['migrate'], { ...env, LOG_LEVEL: 'silent' });
    // Longer than the server lets a transaction stand idle: that it ends one is not progress.
    const policy = { stalledMs: 7_000, watchdogEveryMs: 200 };
    const web = await start(service, { ...env, PROCESS_TYPES: 'web,relay' });
    const stuck = await start(service, { ...env, PROCESS_TYPES: 'consumer', DATABASE_POOL_MAX: '2' }, policy);
    expect((await probe(stuck, 'livez')).status).toBe(200);
    // Enough for both partitions.
    for (let n = 0; n < 8; n += 1) await ping(web, 'hang');
    await eventually(async () => {
      expect(await probe(stuck, 'livez')).toMatchObject({
        status: 503,
        checks: { consumer: { ok: false, reason: expect.stringContaining('no progress: pings.') as string } },
      });
    }, patient);
    expect(logs.filter((line) => line.includes('MSG-STALLED'))).toHaveLength(1);
    await eventually(async () => {
      const { status, checks } = await probe(stuck, 'readyz');
      expect({ status, database: checks['database'] }).toEqual({ status: 503, database: { ok: true } });
    });
    const broker = new KafkaJsBroker({ url: testKafkaUrl(), clientId: 'test', logger: silent });
    // Refused while the group has a member.
    await eventually(() => broker.setOffsets(service.name, []));
    await broker.close();
  }, 60_000);

  it('is named at the deadline of the drain, with which the process exits 1', async () => {
    const service = pingService();
    await runCommand(service, ['migrate'], { ...env, LOG_LEVEL: 'silent' });
    const only = await start(service, { ...env, SHUTDOWN_DEADLINE_MS: '2000' });
    await ping(only, 'hang');
    const inHand = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'";
    await eventually(async () => {
      expect(await only.app.get(DataSource).query(inHand)).not.toEqual([]);
    });
    const begunAt = performance.now();
    await only.stop();
    expect(performance.now() - begunAt).toBeLessThan(4_000);
    expect(exits).toEqual([1]);
    expect(logs.find((line) => line.includes('drain deadline'))).toMatch(
      /hung: consumers\/kafka consumer \(pings\.[^ ]+\/\d\)/,
    );
    // A process is gone by then; here the rest of the drain must not outlive the test.
    await eventually(() => {
      expect(logs.filter((line) => line.includes('pools/nest, database and broker'))).toHaveLength(1);
      return Promise.resolve();
    }, patient);
  }, 60_000);

  it('does not hold up the end of the process beyond its deadline', async () => {
    const service = pingService();
    await runCommand(service, ['migrate'], { ...env, LOG_LEVEL: 'silent' });
    const only = await start(service, env);
    await ping(only, 'hang');
    await eventually(async () => {
      const inHand = await only.app
        .get(DataSource)
        .query("SELECT FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'");
      expect(inHand).not.toEqual([]);
    });
    const begunAt = performance.now();
    await only.stop();
    expect(exits).toEqual([0]);
    expect(performance.now() - begunAt).toBeLessThan(20_000);
  }, 60_000);
});

describe('a service that is told to end', () => {
  it('is unready at once and live until its end', async () => {
    const database = await createTestDatabase();
    try {
      const env = { DATABASE_URL: database.url, KAFKA_URL: testKafkaUrl(), HTTP_DRAIN_GRACE_MS: '1000' };
      const service = pingService();
      await runCommand(service, ['migrate'], { ...env, LOG_LEVEL: 'silent' });
      const only = await start(service, env);
      const stopped = only.stop();
      expect(await probe(only, 'readyz')).toMatchObject({ status: 503, checks: { draining: { ok: false } } });
      expect((await probe(only, 'livez')).status).toBe(200);
      await stopped;
      expect(exits).toEqual([0]);
    } finally {
      await database.drop();
    }
  }, 60_000);
});

describe('an event loop that is blocked again and again', () => {
  it('makes the process dead, not unready', async () => {
    const database = await createTestDatabase();
    let blocking: NodeJS.Timeout | undefined;
    try {
      const env = { DATABASE_URL: database.url, KAFKA_URL: testKafkaUrl(), PROCESS_TYPES: 'web' };
      const service = pingService();
      await runCommand(service, ['migrate'], { ...env, LOG_LEVEL: 'silent' });
      const only = await start(service, env, { blockedMs: 50 });
      expect((await probe(only, 'livez')).status).toBe(200);
      blocking = setInterval(() => {
        for (const until = performance.now() + 100; performance.now() < until;);
      }, 0);
      await eventually(async () => {
        expect(await probe(only, 'livez')).toMatchObject({
          status: 503,
          checks: {
            'event loop': { ok: false, reason: expect.stringContaining('the event loop is blocked') as string },
          },
        });
      }, patient);
      expect((await probe(only, 'readyz')).status).toBe(200);
    } finally {
      clearInterval(blocking);
      await database.drop();
    }
  }, 60_000);
});

describe('a database that stands still', () => {
  let backing: Awaited<ReturnType<typeof ownBacking>>;

  beforeAll(async () => {
    backing = await ownBacking('postgres');
  }, 60_000);
  afterAll(() => backing.stop(), 30_000);

  it('makes the service unready, not dead, however long its work waits', async () => {
    const env = { DATABASE_URL: await backing.postgres.ensureDatabase('waiting'), KAFKA_URL: testKafkaUrl() };
    const service = pingService();
    await runCommand(service, ['migrate'], { ...env, LOG_LEVEL: 'silent' });
    // A thirtieth of the limit that a service has; the pause is two and a half times the limit.
    const stalledMs = 2_000;
    const only = await start(service, env, { stalledMs, watchdogEveryMs: 200 });
    const ids = await Promise.all(Array.from({ length: 10 }, () => ping(only, 'x')));
    await backing.postgres.kill('SIGSTOP');
    try {
      const stoodStillAt = performance.now();
      while (performance.now() < stoodStillAt + 2.5 * stalledMs) {
        expect((await probe(only, 'livez')).status).toBe(200);
        const ready = await probe(only, 'readyz');
        if (performance.now() < stoodStillAt + UNREADY_WITHIN_MS) continue;
        expect(ready).toMatchObject({ status: 503, checks: { database: { ok: false } } });
      }
    } finally {
      await backing.postgres.kill('SIGCONT');
    }
    await only.ready();
    await eventually(async () => {
      for (const id of ids) expect(await stepsOf(only, id)).toEqual(['requested', 'handled', 'echoed']);
    });
    await only.stop();
  }, 90_000);

  it('for a second does not make it unready', async () => {
    const env = { DATABASE_URL: await backing.postgres.ensureDatabase('blip'), KAFKA_URL: testKafkaUrl() };
    const service = pingService();
    await runCommand(service, ['migrate'], { ...env, LOG_LEVEL: 'silent' });
    const only = await start(service, env);
    await backing.postgres.kill('SIGSTOP');
    const seen = readinessFor(only, 4 * BLIP_MS);
    await sleep(BLIP_MS);
    await backing.postgres.kill('SIGCONT');
    expect(await seen).toEqual(new Set([200]));
    await only.stop();
  }, 60_000);

  it('during the drain is named at its deadline', async () => {
    const env = {
      DATABASE_URL: await backing.postgres.ensureDatabase('drained'),
      KAFKA_URL: testKafkaUrl(),
      SHUTDOWN_DEADLINE_MS: '4000',
    };
    const service = pingService();
    await runCommand(service, ['migrate'], { ...env, LOG_LEVEL: 'silent' });
    const only = await start(service, env);
    await backing.postgres.kill('SIGSTOP');
    try {
      const begunAt = performance.now();
      await only.stop();
      expect(performance.now() - begunAt).toBeLessThan(6_000);
      expect(exits).toEqual([1]);
      expect(logs.find((line) => line.includes('drain deadline'))).toMatch(/hung: .*\w/);
    } finally {
      await backing.postgres.kill('SIGCONT');
    }
  }, 90_000);
});

describe('a broker that stands still for a second', () => {
  it('does not make the service unready', async () => {
    const backing = await ownBacking('kafka');
    const database = await createTestDatabase();
    try {
      const env = { DATABASE_URL: database.url, KAFKA_URL: backing.kafka.url };
      const service = pingService();
      await runCommand(service, ['migrate'], { ...env, LOG_LEVEL: 'silent' });
      const only = await start(service, env);
      await backing.kafka.kill('SIGSTOP');
      const seen = readinessFor(only, 6 * BLIP_MS);
      await sleep(BLIP_MS);
      await backing.kafka.kill('SIGCONT');
      expect(await seen).toEqual(new Set([200]));
      await only.stop();
    } finally {
      await database.drop();
      await backing.stop();
    }
  }, 90_000);
});

describe('a broker that is killed', () => {
  it('makes the service unready, not dead, and is joined again', async () => {
    const backing = await ownBacking('kafka');
    const database = await createTestDatabase();
    try {
      const env = { DATABASE_URL: database.url, KAFKA_URL: backing.kafka.url };
      const service = pingService();
      await runCommand(service, ['migrate'], { ...env, LOG_LEVEL: 'silent' });
      const only = await start(service, env, { stalledMs: 5_000, watchdogEveryMs: 200 });
      await backing.kafka.kill('SIGKILL');
      await eventually(async () => {
        expect(await probe(only, 'readyz')).toMatchObject({ status: 503, checks: { broker: { ok: false } } });
        expect((await probe(only, 'livez')).status).toBe(200);
      });
      const id = await ping(only, 'x');
      await backing.kafka.restart();
      await only.ready();
      await eventually(async () => {
        expect(await stepsOf(only, id)).toEqual(['requested', 'handled', 'echoed']);
      });
      expect((await probe(only, 'livez')).status).toBe(200);
      await only.stop();
    } finally {
      await database.drop();
      await backing.stop();
    }
  }, 90_000);
});
