import { CONFIG, LOGGER, Recurring, type RecurringTask } from '@dozen/service';
import { Sessions } from '@dozen/session';
import { Lifecycle } from '@dozen/shutdown';
import type { Logger } from '@dozen/telemetry';
import type { FactoryProvider } from '@nestjs/common';
import { type GatewayConfig, sessionStoreUrl } from '../../config.js';

const HOUR_MS = 60 * 60 * 1000;

/** Sessions of browsers; closed when the last request is answered. */
export const sessions: FactoryProvider<Sessions> = {
  provide: Sessions,
  inject: [CONFIG, LOGGER, Lifecycle],
  useFactory: async (config: GatewayConfig, logger: Logger, lifecycle: Lifecycle) => {
    const opened = await Sessions.open({ url: sessionStoreUrl(config), service: 'gateway', logger });
    lifecycle.onDrain('pools', 'sessions', () => opened.close());
    return opened;
  },
};

/** A session that nobody comes back to is over all the same. */
@Recurring('web')
export class SweepSessions implements RecurringTask {
  readonly title = 'sessions that are over';
  readonly everyMs = HOUR_MS;

  constructor(private readonly sessions: Sessions) {}

  async runOnce(): Promise<void> {
    await this.sessions.sweep();
  }
}
