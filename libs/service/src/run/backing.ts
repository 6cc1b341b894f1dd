import { ChangeNotifications, createDataSource, DatabaseProbe, Jobs, UnitsOfWork } from '@dozen/database';
import { type Clock, systemClock } from '@dozen/kernel';
import { KafkaJsBroker, OutboxWriter, Relay } from '@dozen/messaging';
import type { Logger } from '@dozen/telemetry';
import type { DataSource } from 'typeorm';
import type { ServiceConfig, ServiceDefinition } from '../define-service.js';

/** The objects that stand between a service and its backing services. Nothing is connected yet. */
export interface Backing {
  readonly dataSource: DataSource;
  readonly probe: DatabaseProbe;
  readonly notifications: ChangeNotifications;
  readonly broker: KafkaJsBroker;
  readonly outbox: OutboxWriter;
  readonly relay: Relay;
  readonly units: UnitsOfWork;
  readonly jobs: Jobs;
  readonly clock: Clock;
}

export function createBacking<C extends ServiceConfig>(options: {
  definition: ServiceDefinition<C>;
  config: C;
  logger: Logger;
  clock?: Clock | undefined;
  /** Past a transaction pooler; admin processes need that. */
  direct?: boolean;
}): Backing {
  const { definition, config, logger, clock = systemClock, direct = false } = options;
  const { name, entities } = definition;
  const dataSource = createDataSource({
    config,
    service: name,
    entities,
    migrations: [...definition.migrations],
    direct,
    onPoolError: (error) => logger.warn({ err: error }, 'an idle database connection broke'),
  });
  const probe = new DatabaseProbe(config, name);
  const broker = new KafkaJsBroker({ url: config.KAFKA_URL, clientId: name, logger });
  const notifications = new ChangeNotifications({ config, service: name, logger });
  const relay = new Relay({ broker, dataSource, notifications, logger });
  const outbox = new OutboxWriter({ source: `/dozen/${name}`, wake: (shards) => relay.wake(shards) });
  const units = new UnitsOfWork({
    dataSource,
    outbox,
    onHookError: (error) => logger.error({ err: error }, 'an afterCommit hook failed'),
  });
  const jobs = new Jobs({ config, service: name, notifications, logger });
  return { dataSource, probe, notifications, broker, outbox, relay, units, jobs, clock };
}
