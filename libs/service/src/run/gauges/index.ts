import type { ProcessType } from '@dozen/config';
import { jobGauges, observeDatabase, tableGauges } from '@dozen/database';
import { messageOf } from '@dozen/kernel';
import { type KafkaInboxServer, observeBlocked, observeLag, outboxGauges, parkedGauges } from '@dozen/messaging';
import type { Lifecycle } from '@dozen/shutdown';
import { type Logger, observeGauges, recorder } from '@dozen/telemetry';
import type { ServiceConfig, ServiceDefinition } from '../../define-service.js';
import { serviceMetrics as metrics } from '../../metrics.js';
import type { Backing } from '../backing.js';
import { observeEventLoop } from './event-loop.js';

export interface GaugesParts<C extends ServiceConfig> {
  readonly definition: ServiceDefinition<C>;
  readonly backing: Backing;
  readonly inbox: KafkaInboxServer | undefined;
  readonly schema: { readonly current: boolean };
  readonly types: ReadonlySet<ProcessType>;
  readonly release: string;
  readonly lifecycle: Lifecycle;
  readonly logger: Logger;
}

/** Everything that is asked for at an export, until the pools are closed. Nothing of it costs anything when none comes. */
export function observeService<C extends ServiceConfig>(parts: GaugesParts<C>): void {
  const { definition, backing, inbox, types, lifecycle, logger } = parts;
  const stops = [
    observeProcess(parts),
    observeEventLoop(reportUnread(logger, 'event loop')),
    observeDatabase(backing.dataSource, [outboxGauges, parkedGauges, tableGauges, jobGauges(definition.jobs)], {
      ready: () => parts.schema.current,
      onError: reportUnread(logger, 'database'),
    }),
    ...(inbox === undefined
      ? []
      : [observeBlocked({ consumer: inbox, onError: reportUnread(logger, 'blocked partitions') })]),
    ...(definition.consumes.length > 0 && (types.has('consumer') || types.has('relay'))
      ? [
          observeLag({
            broker: backing.broker,
            group: definition.name,
            topics: definition.consumes.map(({ name }) => name),
            onError: reportUnread(logger, 'consumer lag'),
          }),
        ]
      : []),
  ];
  lifecycle.onDrain('pools', 'gauges', () => stops.forEach((stop) => stop()));
}

function observeProcess<C extends ServiceConfig>({ types, release, logger }: GaugesParts<C>): () => void {
  const about = { 'service.version': release, 'dozen.process.types': [...types].sort().join() };
  return observeGauges({
    gauges: [metrics.uptime, metrics.build],
    onError: reportUnread(logger, 'process'),
    look(observe) {
      observe(metrics.uptime, process.uptime(), {});
      observe(metrics.build, 1, about);
    },
  });
}

/** Logs and counts a failure, since the SDK does not: it exports the last values again. */
function reportUnread(logger: Logger, gauges: string): (error: unknown) => void {
  const unread = recorder(metrics.unread);
  const of = { 'dozen.gauges': gauges };
  // The counter is exported from the start at 0: one that first appears as 1 has not risen for Prometheus.
  unread.record(0, of);
  return (error) => {
    unread.record(1, of);
    logger.warn({ gauges, reason: messageOf(error) }, 'gauges could not be read; they repeat their last values');
  };
}
