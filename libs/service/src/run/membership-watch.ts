import type { KafkaInboxServer } from '@dozen/messaging';
import type { CheckResult } from '@dozen/shutdown';
import type { BrokerProbe } from './broker-probe.js';

/**
 * A liveness check: the consumer is in no group although the broker has answered for too long. The broker's client is
 * broken then, and only another process helps. The time counts from when the broker was seen to answer: after an
 * outage, a consumer needs a moment to join again.
 */
export class MembershipWatch {
  readonly #inbox: Pick<KafkaInboxServer, 'joined' | 'silentMs'>;
  readonly #broker: Pick<BrokerProbe, 'answers'>;
  readonly #stalledMs: number;
  readonly #now: () => number;
  #answersSince: number | undefined;

  constructor(options: {
    inbox: Pick<KafkaInboxServer, 'joined' | 'silentMs'>;
    broker: Pick<BrokerProbe, 'answers'>;
    stalledMs: number;
    now?: () => number;
  }) {
    this.#inbox = options.inbox;
    this.#broker = options.broker;
    this.#stalledMs = options.stalledMs;
    this.#now = options.now ?? (() => performance.now());
  }

  async check(): Promise<CheckResult> {
    if (this.#inbox.joined) {
      this.#answersSince = undefined;
      return { ok: true };
    }
    if (!(await this.#broker.answers())) {
      this.#answersSince = undefined;
      return { ok: true, note: 'waiting for the broker' };
    }
    this.#answersSince ??= this.#now();
    const outsideMs = Math.min(this.#inbox.silentMs, this.#now() - this.#answersSince);
    if (outsideMs <= this.#stalledMs) return { ok: true, note: 'joining the consumer group' };
    return {
      ok: false,
      reason: `in no consumer group for ${Math.round(outsideMs / 1000)} s, although the broker answers`,
    };
  }
}
