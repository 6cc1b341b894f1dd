import { KafkaInboxServer } from '@dozen/messaging';
import { type CheckResult, type Health, type Lifecycle, ProgressWatch } from '@dozen/shutdown';
import type { Logger } from '@dozen/telemetry';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Backing } from './backing.js';
import { BrokerProbe } from './broker-probe.js';
import { judgeConsumer } from './judge-consumer.js';
import type { ServicePolicy } from './policy.js';
import { PROGRESS, leaveWhenStalled } from './stall-detector.js';

export interface InboxParts {
  readonly consumer: string;
  readonly backing: Backing;
  readonly health: Health;
  readonly lifecycle: Lifecycle;
  readonly logger: Logger;
  readonly policy: ServicePolicy;
}

/** Connects the service's `@Handles` methods to Kafka. Nothing is consumed before `app.startAllMicroservices()`. */
export function connectInbox(app: NestFastifyApplication, parts: InboxParts): KafkaInboxServer {
  const { backing, lifecycle, logger, consumer, policy } = parts;
  const progress = new ProgressWatch({ stalledAfterMs: policy.stalledMs });
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
  judgeInbox(inbox, progress, parts);
  return inbox;
}

/**
 * ready: the broker answers, the group is joined, no partition is out of range; a grace period of `brokerGraceMs` is kept.
 * live: fails for a consumer that left its group as stuck or cannot join it, and for work that does not move. Waiting
 * for a dependency that is down is progress: an outage must not restart the fleet.
 */
function judgeInbox(inbox: KafkaInboxServer, progress: ProgressWatch, parts: InboxParts): void {
  const { backing, health, lifecycle, policy } = parts;
  const broker = new BrokerProbe(backing.broker, policy.pingMs);
  const grace = { graceMs: policy.brokerGraceMs };
  const brokerAnswers = async (): Promise<CheckResult> =>
    inbox.joined || (await broker.answers()) ? { ok: true } : { ok: false, reason: 'the broker does not answer' };
  health.addReadiness('broker', brokerAnswers, grace);
  health.addReadiness('consumer', () => inbox.check(), grace);
  health.addLiveness('consumer', () => judgeConsumer(inbox, policy.stalledMs));
  const whileReady = ['database', 'broker'];
  health.addLiveness(PROGRESS, () => progress.check(), { whileReady, graceMs: policy.stalledMs });
  leaveWhenStalled({ inbox, health, lifecycle, everyMs: policy.stallCheckMs });
}
