import type { OutgoingRecord } from '@dozen/messaging';
import { startUnderTest } from '@dozen/service-testing';
import { notifierService } from '../../src/index.js';
import { startMailServer } from './mail-server.js';

/** A notifier of the test's own, with a mail server. Its outbox is read, never relayed. */
export async function startNotifier() {
  const mailServer = await startMailServer();
  const hasty = {
    ...notifierService,
    // The attempts of a day within seconds.
    jobs: notifierService.jobs.map((job) => {
      const { retryDelayMaxS: _none, ...queue } = job;
      return { ...queue, retryDelayS: 1, retryBackoff: false, retryLimit: Math.min(queue.retryLimit, 3) };
    }),
  };
  const service = await startUnderTest(hasty, {
    PROCESS_TYPES: 'consumer,jobs',
    SMTP_URL: mailServer.url,
    MAIL_FROM: 'Dozen <orders@dozen.example>',
  });
  return {
    ...service,
    mailServer,
    /** Each in a send of its own, so that they arrive in this order. */
    async publish(...records: OutgoingRecord[]): Promise<void> {
      for (const one of records) await service.send(one);
    },
    async stop(): Promise<void> {
      await service.stop();
      await mailServer.stop();
    },
  };
}

export type TestNotifier = Awaited<ReturnType<typeof startNotifier>>;
