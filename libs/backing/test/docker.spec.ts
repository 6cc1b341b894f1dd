import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { type Backing, type BackingError, KAFKA_IMAGE, POSTGRES_IMAGE, startBacking } from '@dozen/backing';

/** Not pulled by a test: `npm test` needs no registry. */
const IMAGES = [POSTGRES_IMAGE, KAFKA_IMAGE, 'testcontainers/ryuk:0.14.0'];
const here = spawnSync('docker', ['image', 'inspect', ...IMAGES], { stdio: 'ignore' }).status === 0;
const START_MS = 240_000;

/** What chaos and the tests ask of the embedded servers, asked of those in containers. */
(here ? describe : describe.skip)(
  here
    ? 'backing services in Docker'
    : `backing services in Docker (left out: no engine, or not its images: docker pull ${IMAGES.join(' ')})`,
  () => {
    const dir = mkdtempSync(join(tmpdir(), 'backing-docker-'));
    const deaths: BackingError[] = [];
    let backing: Backing;

    beforeAll(async () => {
      const onDeath = (error: BackingError): void => void deaths.push(error);
      backing = await startBacking({ dir, source: { inDocker: true }, onDeath });
    }, START_MS);
    afterAll(async () => {
      await backing.stop();
      rmSync(dir, { recursive: true });
    }, START_MS);

    async function query(sql: string): Promise<unknown[]> {
      const client = new pg.Client({ connectionString: backing.postgres.url('orders') });
      await client.connect();
      try {
        return (await client.query<Record<string, unknown>>(sql)).rows;
      } finally {
        await client.end();
      }
    }

    async function withAdmin<T>(work: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> {
      const brokers = [backing.kafka.url.slice('kafka://'.length)];
      const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
      try {
        return await work(admin);
      } finally {
        await admin.disconnect();
      }
    }

    /** The containers whose ports are those of this backing. */
    function containers(): string[] {
      const ports = [backing.postgres.adminUrl, backing.kafka.url].map((url) => new URL(url).port);
      const { stdout } = spawnSync('docker', ['ps', '--format', '{{.ID}} {{.Ports}}'], { encoding: 'utf8' });
      return stdout.split('\n').filter((line) => ports.some((port) => line.includes(`127.0.0.1:${port}->`)));
    }

    it('has the settings of the embedded ones', async () => {
      await backing.postgres.ensureDatabase('orders');
      await query('CREATE TABLE kept (id int)');
      const settings = `SELECT name, setting FROM pg_settings
        WHERE name IN ('fsync', 'max_connections', 'synchronous_commit', 'TimeZone') ORDER BY name`;
      expect(await query(settings)).toEqual([
        { name: 'TimeZone', setting: 'UTC' },
        { name: 'fsync', setting: 'on' },
        { name: 'max_connections', setting: '300' },
        { name: 'synchronous_commit', setting: 'on' },
      ]);
      await withAdmin(async (admin) => {
        await expect(admin.fetchTopicMetadata({ topics: ['undeclared'] })).rejects.toThrow(/does not host/);
        await admin.createTopics({ topics: [{ topic: 'kept', numPartitions: 3 }] });
      });
    });

    it('listens on this machine alone', () => {
      expect(containers()).toHaveLength(2);
    });

    it(
      'killed and restarted, is at the same address with its data',
      async () => {
        await Promise.all([backing.postgres.kill('SIGKILL'), backing.kafka.kill('SIGKILL')]);
        expect(containers()).toEqual([]);
        await Promise.all([backing.postgres.restart(), backing.kafka.restart()]);
        expect(await query('SELECT * FROM kept')).toEqual([]);
        expect(await withAdmin((admin) => admin.listTopics())).toContain('kept');
      },
      START_MS,
    );

    it(
      'frozen, answers nobody until it is continued, and can be restarted or killed',
      async () => {
        await backing.postgres.kill('SIGSTOP');
        const answer = query('SELECT 1');
        expect(await Promise.race([answer, sleep(500, 'silence')])).toBe('silence');
        await backing.postgres.kill('SIGCONT');
        await answer;
        await backing.postgres.kill('SIGSTOP');
        await backing.postgres.restart();
        await backing.kafka.kill('SIGSTOP');
        await backing.kafka.kill('SIGKILL');
        await backing.kafka.restart();
        expect(await query('SELECT * FROM kept')).toEqual([]);
      },
      START_MS,
    );

    it(
      'reports a server that dies, and nothing of those that it was told to end',
      async () => {
        expect(deaths).toEqual([]);
        const kafka = new URL(backing.kafka.url).port;
        const [id = ''] =
          containers()
            .find((line) => line.includes(`:${kafka}->`))
            ?.split(' ') ?? [];
        spawnSync('docker', ['kill', id]);
        while (deaths.length === 0) await sleep(20);
        expect(deaths[0]).toMatchObject({ code: 'BACKING-DIED', message: expect.stringContaining('signal SIGKILL') });
        await backing.kafka.restart();
      },
      START_MS,
    );

    it(
      'refuses a second launcher on the same folder, and leaves nothing after stop',
      async () => {
        await expect(startBacking({ dir, source: { inDocker: true } })).rejects.toMatchObject({
          code: 'BACKING-LOCKED',
        });
        await backing.stop();
        expect(containers()).toEqual([]);
      },
      START_MS,
    );
  },
);
