import { KafkaInboxServer } from '@dozen/messaging';
import { type Health, type Lifecycle, ProgressWatch } from '@dozen/shutdown';
import type { Logger } from '@dozen/telemetry';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Backing } from './backing.js';

/** Connects the service's `@Handles` methods to Kafka. Nothing is consumed before `app.startAllMicroservices()`. */
export function connectInbox(
  app: NestFastifyApplication,
  parts: { consumer: string; backing: Backing; health: Health; lifecycle: Lifecycle; logger: Logger },
): KafkaInboxServer {
  const { backing, health, lifecycle, logger, consumer } = parts;
  const progress = new ProgressWatch();
  // Waiting for a dependency that is down is progress: an outage must not restart the fleet.
  health.addLiveness('consumer', () => progress.check(), { whileReady: ['database', 'broker'] });
  const inbox = new KafkaInboxServer({
    consumer,
    broker: backing.broker,
    dataSource: backing.dataSource,
    outbox: backing.outbox,
    clock: backing.clock,
    logger,
    progress,
    onFatal: (error) => {
      logger.fatal({ err: error }, 'the consumer cannot go on');
      void lifecycle.drain('the consumer cannot go on', 1);
    },
  });
  // Not inheritAppConfig: guards, pipes and the problem filter of HTTP are none of Kafka's.
  app.connectMicroservice({ strategy: inbox });
  return inbox;
}
