import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { notOurs, type Backing, type BackingOptions, type KafkaBacking, type PostgresBacking } from './backing.js';
import { DataLock } from './data-lock.js';
import { databaseUrl, ensureDatabase } from './databases.js';
import { startKafka } from './embedded-kafka.js';
import { startPostgres } from './embedded-postgres.js';
import type { ServerContext, StartedServer } from './server-context.js';
import { Deaths } from './deaths.js';
import { ExitGuard } from './exit-guard.js';
import { ensureFolder } from './folder.js';
import { keepPreviousLog } from './log-tail.js';
import { POLICY } from './policy.js';
import { StateFile } from './state.js';

/**
 * Starts PostgreSQL and Kafka (or takes those of `source`) and resolves when both answer. Either both run or none:
 * when one fails, the other is stopped, and the error says what to do (codes BACKING-…).
 */
export async function startBacking(options: BackingOptions): Promise<Backing> {
  const { postgresUrl, kafkaUrl } = options.source ?? {};
  const given = {
    postgres: postgresUrl === undefined ? undefined : givenPostgres(postgresUrl),
    kafka: kafkaUrl === undefined ? undefined : givenKafka(kafkaUrl),
  };
  if (given.postgres !== undefined && given.kafka !== undefined) {
    return { postgres: given.postgres.backing, kafka: given.kafka.backing, stop: () => Promise.resolve() };
  }

  const dir = await ensureFolder(options.dir, POLICY.freeBytes);
  const lock = DataLock.acquire(dir);
  try {
    const deaths = new Deaths(options.onDeath);
    const context = await contextOf(dir, options, deaths);
    const start = await starters(options.source?.inDocker ?? false);
    const [postgres, kafka] = await bothOrNone(
      given.postgres === undefined ? start.postgres(context) : Promise.resolve(given.postgres),
      given.kafka === undefined ? start.kafka(context) : Promise.resolve(given.kafka),
    );
    await deaths.bothUp([postgres.process, kafka.process]);
    let stopped: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      await Promise.all([postgres.process?.stop(), kafka.process?.stop()]);
      lock.release();
    };
    return { postgres: postgres.backing, kafka: kafka.backing, stop: () => (stopped ??= stop()) };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Loaded when asked for: testcontainers brings a hundred packages. */
async function starters(inDocker: boolean): Promise<typeof embedded> {
  if (!inDocker) return embedded;
  const { startDockerKafka, startDockerPostgres, prepareDocker } = await import('./docker/servers.js');
  await prepareDocker();
  return { postgres: startDockerPostgres, kafka: startDockerKafka };
}

const embedded = { postgres: startPostgres, kafka: startKafka };

type Part<T> = Pick<StartedServer<T>, 'backing'> & Partial<StartedServer<T>>;

async function contextOf(dir: string, options: BackingOptions, deaths: Deaths): Promise<ServerContext> {
  const logs = join(dir, 'logs');
  await mkdir(logs, { recursive: true });
  for (const name of ['postgres', 'kafka']) await keepPreviousLog(join(logs, `${name}.log`));
  return {
    dir,
    fresh: options.fresh ?? false,
    state: await StateFile.open(dir),
    guard: new ExitGuard(),
    onStep: options.onStep ?? (() => undefined),
    heap: options.kafkaHeap ?? POLICY.kafkaHeap,
    kafkaProxyPort: options.kafkaProxyPort,
    env: options.env ?? process.env,
    signal: options.signal,
    died: (child, exit) => deaths.report(child, exit),
  };
}

async function bothOrNone<A, B>(first: Promise<Part<A>>, second: Promise<Part<B>>): Promise<[Part<A>, Part<B>]> {
  const results = await Promise.allSettled([first, second]);
  const [a, b] = results;
  if (a.status === 'fulfilled' && b.status === 'fulfilled') return [a.value, b.value];
  const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.process] : []));
  await Promise.all(started.map(async (child) => child?.stop()));
  throw results.find((result) => result.status === 'rejected')?.reason;
}

function givenPostgres(adminUrl: string): Part<PostgresBacking> {
  return {
    backing: {
      ...notOurs('PostgreSQL'),
      adminUrl,
      url: (database) => databaseUrl(adminUrl, database),
      ensureDatabase: (name) => ensureDatabase(adminUrl, name),
    },
  };
}

function givenKafka(url: string): Part<KafkaBacking> {
  return { backing: { ...notOurs('Kafka'), url } };
}
