import { within } from '@dozen/kernel';
import type { BrokerPort } from '@dozen/messaging';

/** Asks whether a broker answers, for health checks. An unanswered question is not asked again: it lasts as long as the outage. */
export class BrokerProbe {
  readonly #broker: Pick<BrokerPort, 'ping'>;
  readonly #withinMs: number;
  #pending: Promise<boolean> | undefined;

  constructor(broker: Pick<BrokerPort, 'ping'>, withinMs: number) {
    this.#broker = broker;
    this.#withinMs = withinMs;
  }

  /** Never rejects. */
  answers(): Promise<boolean> {
    this.#pending ??= this.#ask();
    return within(this.#withinMs, this.#pending, () => new Error('no answer yet')).catch(() => false);
  }

  async #ask(): Promise<boolean> {
    try {
      await this.#broker.ping();
      return true;
    } catch {
      return false;
    } finally {
      this.#pending = undefined;
    }
  }
}
