import { loadConfig } from '@dozen/config';
import { Jobs, UnitsOfWork } from '@dozen/database';
import { newId, systemClock } from '@dozen/kernel';
import { type DeadLetter, KafkaJsBroker, listDeadLetters, type OutgoingRecord } from '@dozen/messaging';
import { type Answer, type ServiceConfig, type ServiceDefinition, startService } from '@dozen/service';
import { runCommand } from '@dozen/service/admin';
import { createLogger } from '@dozen/telemetry';
import { createTestDatabase, eventually, testKafkaUrl } from '@dozen/testing';
import { DataSource } from 'typeorm';

const SEND_WITHIN_MS = 10_000;

/** One event of the outbox, as the service would send it. */
export interface Published {
  readonly type: string;
  readonly topic: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

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
  const common = {
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'warn',
    KAFKA_URL: testKafkaUrl(),
    HTTP_DRAIN_GRACE_MS: '0',
  };
  const migrate = async (url: string): Promise<void> => {
    const status = await runCommand(service, ['migrate'], { ...common, ...given, DATABASE_URL: url });
    if (status !== 0) throw new Error(`migrate of ${service.name} ended with ${status}`);
  };
  const database = await createTestDatabase({ template: { name: service.name, prepare: migrate } });
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
  const running = await startService(definition, { config, logger, exit: () => undefined });
  await running.ready();
  const dataSource = running.app.get(DataSource);
  const [units, jobs] = [running.app.get(UnitsOfWork), running.app.get(Jobs)];
  const context = { config, logger, clock: systemClock, dataSource, units, jobs };
  const producer = await broker.producer({ timeoutMs: SEND_WITHIN_MS });

  return {
    url: running.url,
    app: running.app,
    broker,
    dataSource,
    logs,
    units,
    jobs,
    /** In one send: side by side for different keys, in this order for one. */
    async send(...records: OutgoingRecord[]): Promise<void> {
      await producer.send(records, { timeoutMs: SEND_WITHIN_MS });
    },
    /** Puts in what a new deploy needs; returns the line for the operator. */
    async seed(): Promise<string> {
      return (await definition.seed?.(context)) ?? '';
    },
    /** An admin process of the service's own, as its command line would run it. */
    async admin(name: string, values: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
      const command = definition.commands.find((one) => one.name === name);
      if (command === undefined) throw new Error(`${service.name} has no command ${name}`);
      return command.run(context, values);
    },
    /** Another process of the same service. */
    async sibling(changes: Readonly<Record<string, string>> = {}) {
      const other = await startService(definition, {
        config: loadConfig(definition.config, { ...env, ...changes }),
        logger,
        exit: () => undefined,
      });
      await other.ready();
      return other;
    },
    async published(key: string): Promise<Published[]> {
      return dataSource.query(
        `SELECT headers->>'ce_type' AS type, topic, payload::json AS payload FROM messaging.outbox WHERE key = $1 ORDER BY seq`,
        [key],
      );
    },
    /** The messages of a key, once they are of these types: `['OrderPlaced', …]`. */
    async untilPublished(key: string, types: readonly string[]): Promise<Published[]> {
      return eventually(async () => {
        const messages = await this.published(key);
        const found = messages.map(({ type }) => type.split('.')[1]);
        if (found.join() !== types.join()) throw new Error(`published: ${found.join()}; expected: ${types.join()}`);
        return messages;
      });
    },
    /** Of records with this key. */
    async deadLetters(key: string): Promise<DeadLetter[]> {
      const all = await listDeadLetters(dataSource, { limit: 1_000 });
      const ids: { id: string }[] = await dataSource.query(
        'SELECT id FROM messaging.parked_messages WHERE record_key = $1',
        [Buffer.from(key)],
      );
      return all.filter((letter) => ids.some(({ id }) => id === letter.id));
    },
    async untilDeadLetter(key: string): Promise<DeadLetter> {
      return eventually(async () => {
        const [letter] = await this.deadLetters(key);
        if (letter === undefined) throw new Error(`no dead letter of ${key} yet`);
        return letter;
      });
    },
    async stop(): Promise<void> {
      await producer.close();
      await running.stop();
      await broker.close();
      await database.drop();
    },
  };
}
