import { type Environment, loadConfig } from '@dozen/config';
import { Jobs, UnitsOfWork } from '@dozen/database';
import { newId, systemClock } from '@dozen/kernel';
import { KafkaJsBroker, type OutgoingRecord } from '@dozen/messaging';
import { type RunningService, type ServiceConfig, type ServiceDefinition, startService } from '@dozen/service';
import { runCommand } from '@dozen/service/admin';
import { createLogger } from '@dozen/telemetry';
import { createTestDatabase, type TestDatabase, testKafkaUrl } from '@dozen/testing';
import { DataSource } from 'typeorm';
import { adminOf } from './admin.js';
import { deadLettersIn } from './dead-letters.js';
import { publishedIn } from './published.js';

const SEND_WITHIN_MS = 10_000;

export type ServiceUnderTest<C extends ServiceConfig> = Awaited<ReturnType<typeof startUnderTest<C>>>;

/**
 * A service with a database and a consumer group of the test's own, migrated, in this process. `given` is what it needs
 * beside its backing services; without `relay` among its PROCESS_TYPES its outbox is read and never sent. `own` is what this
 * test file alone sets, say a store elsewhere, which it prepares itself: all files clone the database of the one that came
 * first, and `migrate` must have found all of it there.
 */
export async function startUnderTest<C extends ServiceConfig>(
  service: ServiceDefinition<C>,
  given: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string>> = {},
) {
  const common = commonEnvironment();
  const database = await migratedDatabase(service, { ...common, ...given });
  const env = { ...common, ...given, ...own, DATABASE_URL: database.url };
  // Other test files consume the same topics: a name of one's own is a consumer group of one's own.
  const definition = { ...service, name: `${service.name}-${newId()}` };
  const config = loadConfig(definition.config, env);
  const logs: string[] = [];
  const destination = { write: (line: string) => void logs.push(line) };
  const logger = createLogger({ service: service.name, release: 'test', level: 'debug', destination });

  const broker = new KafkaJsBroker({ url: config.KAFKA_URL, clientId: 'test', logger });
  // The template was made with the topics of the file that came first.
  await broker.ensureTopics(definition.topics);
  const start = async (changed: C): Promise<RunningService> => {
    const started = await startService(definition, { config: changed, logger, exit: () => undefined });
    await started.ready();
    return started;
  };
  const running = await start(config);
  const dataSource = running.app.get(DataSource);
  const [units, jobs] = [running.app.get(UnitsOfWork), running.app.get(Jobs)];
  const producer = await broker.producer({ timeoutMs: SEND_WITHIN_MS });

  return {
    ...{ url: running.url, app: running.app, broker, dataSource, logs, units, jobs },
    ...adminOf(definition, { config, logger, clock: systemClock, dataSource, units, jobs }),
    ...publishedIn(dataSource),
    ...deadLettersIn(dataSource),
    /** In one send: side by side for different keys, in this order for one. */
    async send(...records: OutgoingRecord[]): Promise<void> {
      await producer.send(records, { timeoutMs: SEND_WITHIN_MS });
    },
    /** Another process of the same service. */
    sibling: (changes: Readonly<Record<string, string>> = {}): Promise<RunningService> =>
      start(loadConfig(definition.config, { ...env, ...changes })),
    async stop(): Promise<void> {
      await producer.close();
      await running.stop();
      await broker.close();
      await database.drop();
    },
  };
}

function commonEnvironment(): Readonly<Record<string, string>> {
  return {
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'warn',
    KAFKA_URL: testKafkaUrl(),
    HTTP_DRAIN_GRACE_MS: '0',
  };
}

/** The first test file of a service migrates; the others clone what it made. */
function migratedDatabase<C extends ServiceConfig>(
  service: ServiceDefinition<C>,
  env: Environment,
): Promise<TestDatabase> {
  const migrate = async (url: string): Promise<void> => {
    const status = await runCommand(service, ['migrate'], { ...env, DATABASE_URL: url });
    if (status !== 0) throw new Error(`migrate of ${service.name} ended with ${status}`);
  };
  return createTestDatabase({ template: { name: service.name, prepare: migrate } });
}
