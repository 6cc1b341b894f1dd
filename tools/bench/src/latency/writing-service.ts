import { UnitsOfWork } from '@dozen/database';
import type { MessageContract } from '@dozen/kernel';
import { KafkaJsBroker, OutboxWriter, Relay } from '@dozen/messaging';
import { machineNow } from '../measures.js';
import { openDataSource, quietLogger, type Sandbox } from '../sandbox.js';

const POOL = 10;

/** The writing half of a service: units of work and the relay that they wake, in this process. */
export class WritingService {
  private constructor(
    readonly units: UnitsOfWork,
    readonly stop: () => Promise<void>,
  ) {}

  static async start({ databaseUrl, kafkaUrl }: Sandbox): Promise<WritingService> {
    const logger = quietLogger();
    const dataSource = openDataSource(databaseUrl, POOL);
    await dataSource.initialize();
    const broker = new KafkaJsBroker({ url: kafkaUrl, clientId: 'bench-writing', logger });
    const relay = new Relay({ broker, dataSource, logger });
    relay.start();
    const outbox = new OutboxWriter({ source: '/dozen/bench', wake: (shards) => relay.wake(shards) });
    return new WritingService(new UnitsOfWork({ dataSource, outbox }), async () => {
      await relay.stop();
      await broker.close();
      await dataSource.destroy();
    });
  }

  /** Commits the events in one unit; resolves with the moment at which COMMIT had returned. */
  async commit<T>(contract: MessageContract<T>, payloads: readonly T[]): Promise<number> {
    let committedAt = NaN;
    await this.units.run((unit) => {
      for (const payload of payloads) unit.publish(contract, payload);
      unit.afterCommit(() => {
        committedAt = machineNow();
      });
      return Promise.resolve();
    });
    return committedAt;
  }
}
