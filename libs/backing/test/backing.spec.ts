import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { startBacking, type Backing, type BackingError } from '@dozen/backing';
import { hasArgument, processTable } from '../src/process-table.js';

/** One data folder for the file: the tests build on each other's data, as runs of one user do. */
describe('embedded backing services', () => {
  const dir = mkdtempSync(join(tmpdir(), 'backing-'));
  const deaths: BackingError[] = [];
  let backing: Backing;
  const start = (more: { fresh?: boolean; kafkaHeap?: string; signal?: AbortSignal } = {}): Promise<Backing> =>
    startBacking({ dir, onDeath: (error) => deaths.push(error), ...more });

  beforeAll(async () => {
    backing = await start();
  }, 120_000);
  afterAll(async () => {
    await backing.stop();
    rmSync(dir, { recursive: true });
  });

  const kafka = (): Kafka =>
    new Kafka({ brokers: [backing.kafka.url.slice('kafka://'.length)], logLevel: logLevel.NOTHING });

  async function topics(): Promise<string[]> {
    const admin = kafka().admin();
    await admin.connect();
    try {
      return await admin.listTopics();
    } finally {
      await admin.disconnect();
    }
  }

  async function query(database: string, sql: string): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: backing.postgres.url(database) });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  async function ourProcesses(): Promise<number> {
    const marks = [join(dir, 'postgres'), join(dir, 'kafka', 'server.properties')];
    return (await processTable()).filter((entry) => marks.some((mark) => hasArgument(entry, mark))).length;
  }

  it('makes a database once, whoever asks at the same time', async () => {
    const urls = await Promise.all([1, 2, 3].map(() => backing.postgres.ensureDatabase('orders')));
    expect(new Set(urls)).toEqual(new Set([backing.postgres.url('orders')]));
    await query('orders', 'CREATE TABLE kept (id int)');
  });

  it('is durable and takes 300 connections', async () => {
    expect(
      await query(
        'postgres',
        `SELECT name, setting FROM pg_settings
         WHERE name IN ('fsync', 'synchronous_commit', 'max_connections') ORDER BY name`,
      ),
    ).toEqual([
      { name: 'fsync', setting: 'on' },
      { name: 'max_connections', setting: '300' },
      { name: 'synchronous_commit', setting: 'on' },
    ]);
  });

  it('creates no topic that nobody declared', async () => {
    const admin = kafka().admin();
    await admin.connect();
    await expect(admin.fetchTopicMetadata({ topics: ['undeclared'] })).rejects.toThrow(/does not host/);
    await admin.createTopics({ topics: [{ topic: 'kept', numPartitions: 3 }] });
    await admin.disconnect();
  });

  it('refuses a second launcher on the same data and the first goes on', async () => {
    await expect(start()).rejects.toMatchObject({ code: 'BACKING-LOCKED' });
    expect(await topics()).toContain('kept');
  });

  it('PostgreSQL killed and restarted is at the same address with its data', async () => {
    const { pid } = backing.postgres;
    await backing.postgres.kill('SIGKILL');
    expect(backing.postgres.pid).toBeUndefined();
    await backing.postgres.restart();
    expect(backing.postgres.pid).not.toBe(pid);
    expect(await query('orders', 'SELECT * FROM kept')).toEqual([]);
  });

  it('Kafka killed and restarted is at the same address with its data', async () => {
    await backing.kafka.kill('SIGKILL');
    await backing.kafka.restart();
    expect(await topics()).toContain('kept');
  });

  it('a frozen PostgreSQL answers nobody, old connections included, until it is continued', async () => {
    const client = new pg.Client({ connectionString: backing.postgres.url('orders') });
    await client.connect();
    await backing.postgres.kill('SIGSTOP');
    const answer = client.query('SELECT 1');
    expect(await Promise.race([answer, sleep(300, 'silence')])).toBe('silence');
    await backing.postgres.kill('SIGCONT');
    await answer;
    await client.end();
  });

  it('restarts a frozen PostgreSQL', async () => {
    await backing.postgres.kill('SIGSTOP');
    await backing.postgres.restart();
    expect(await query('orders', 'SELECT * FROM kept')).toEqual([]);
  });

  it('reports a server that dies, with its code, and nothing of those that it was told to end', async () => {
    expect(deaths).toEqual([]);
    process.kill(backing.kafka.pid ?? 0, 'SIGKILL');
    while (deaths.length === 0) await sleep(10);
    expect(deaths[0]).toMatchObject({ code: 'BACKING-DIED', message: expect.stringContaining('signal SIGKILL') });
    await backing.kafka.restart();
  });

  it('leaves no process after stop', async () => {
    await backing.stop();
    await backing.stop();
    expect(await ourProcesses()).toBe(0);
  });

  it('keeps its addresses, and takes new ones for those that others took meanwhile', async () => {
    const before = [backing.postgres.adminUrl, backing.kafka.url];
    const squatters = await Promise.all(before.map((url) => listen(Number(new URL(url).port))));
    backing = await start();
    expect(backing.postgres.adminUrl).not.toBe(before[0]);
    expect(backing.kafka.url).not.toBe(before[1]);
    expect(await topics()).toContain('kept');
    squatters.forEach((server) => server.close());

    const now = [backing.postgres.adminUrl, backing.kafka.url];
    await backing.stop();
    backing = await start();
    expect([backing.postgres.adminUrl, backing.kafka.url]).toEqual(now);
  });

  it('refuses a restart when somebody took the port, since clients know no other', async () => {
    const port = Number(new URL(backing.postgres.adminUrl).port);
    await backing.postgres.kill('SIGKILL');
    const squatter = await listen(port);
    await expect(backing.postgres.restart()).rejects.toMatchObject({ code: 'BACKING-PORT-TAKEN' });
    squatter.close();
    await backing.postgres.restart();
  });

  it('a JVM that cannot start is an error with the words of the JVM, and PostgreSQL does not stay behind', async () => {
    await backing.stop();
    await expect(start({ kafkaHeap: '1m' })).rejects.toMatchObject({
      code: 'BACKING-KAFKA-START',
      message: expect.stringContaining('heap size'),
    });
    expect(await ourProcesses()).toBe(0);
  });

  it('an aborted start leaves nothing', async () => {
    await expect(start({ signal: AbortSignal.timeout(200) })).rejects.toThrow(/aborted due to timeout/);
    expect(await ourProcesses()).toBe(0);
  });

  it('fresh forgets the data', async () => {
    backing = await start({ fresh: true });
    expect(await topics()).not.toContain('kept');
    await expect(query('orders', 'SELECT 1')).rejects.toThrow(/does not exist/);
  });

  async function listen(port: number): Promise<Server> {
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server;
  }
});
