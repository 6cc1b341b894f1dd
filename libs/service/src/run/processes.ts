import type { ProcessType } from '@dozen/config';
import type { JobHandler } from '@dozen/database';
import { pause } from '@dozen/kernel';
import type { KafkaInboxServer } from '@dozen/messaging';
import type { Lifecycle } from '@dozen/shutdown';
import type { Logger } from '@dozen/telemetry';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ServiceConfig, ServiceDefinition } from '../define-service.js';
import type { RecurringTask } from '../recurring.js';
import type { Backing } from './backing.js';
import { checkConsumes } from './consumed-topics.js';
import { idempotencyMaintenance } from './idempotency-maintenance.js';
import { connectInbox, type InboxParts } from './inbox.js';
import { jobHandlers } from './job-handlers.js';
import { recurringTasks, startRecurring } from './recurring-tasks.js';

/** Between attempts to start the job workers while the database is away, in ms. */
const JOBS_RETRY_MS = 1000;

export interface Processes {
  readonly types: ReadonlySet<ProcessType>;
  readonly app: NestFastifyApplication;
  readonly inbox: KafkaInboxServer | undefined;
  readonly handlers: readonly JobHandler[];
  readonly recurring: readonly RecurringTask[];
  readonly backing: Backing;
  readonly lifecycle: Lifecycle;
  readonly logger: Logger;
}

/** @throws SERVICE-CONSUMES when the service handles other topics than it says that it consumes. */
export function processesOf<C extends ServiceConfig>(
  app: NestFastifyApplication,
  { definition, config, ...parts }: Omit<InboxParts, 'consumer'> & { definition: ServiceDefinition<C>; config: C },
): Processes {
  const { backing, lifecycle, logger } = parts;
  const types = new Set(config.PROCESS_TYPES);
  checkConsumes(app, definition.consumes);
  const consumes = types.has('consumer') && definition.consumes.length > 0;
  return {
    types,
    app,
    inbox: consumes ? connectInbox(app, { ...parts, consumer: definition.name }) : undefined,
    handlers: jobHandlers(app, definition.jobs),
    recurring: [
      ...recurringTasks(app, types),
      ...(types.has('web') ? idempotencyMaintenance(app, { dataSource: backing.dataSource, logger }) : []),
    ],
    backing,
    lifecycle,
    logger,
  };
}

/**
 * Registers how each background part of this process ends. In the order of the drain: the inbox leaves its group, then relay
 * and jobs finish what is in flight.
 */
export function drainProcesses({ types, inbox, handlers, backing, lifecycle }: Processes): void {
  if (inbox !== undefined) {
    lifecycle.onDrain(
      'consumers',
      'kafka consumer',
      () => inbox.close(),
      () => inbox.inFlight,
    );
  }
  if (types.has('relay')) {
    lifecycle.onDrain('work', 'outbox relay', () => backing.relay.stop());
  }
  if (types.has('jobs') && handlers.length > 0) {
    lifecycle.onDrain('work', 'job workers', () => backing.jobs.stop());
  }
}

/** Starts them, once the schema is there. Each then survives outages by itself. */
export async function startProcesses(processes: Processes): Promise<void> {
  const { types, app, inbox, handlers, backing } = processes;
  backing.notifications.start();
  if (inbox !== undefined) {
    await app.startAllMicroservices();
  }
  if (types.has('relay')) {
    backing.relay.start();
  }
  startRecurring(processes.recurring, processes);
  if (types.has('jobs') && handlers.length > 0) {
    await startJobs(processes);
  }
}

async function startJobs({ backing, handlers, lifecycle, logger }: Processes): Promise<void> {
  while (!lifecycle.draining) {
    try {
      await backing.jobs.start(handlers, backing.units);
      return;
    } catch (error) {
      logger.warn({ err: error, retry_in_ms: JOBS_RETRY_MS }, 'job workers cannot start yet');
    }
    await pause(JOBS_RETRY_MS, lifecycle.signal);
  }
}
