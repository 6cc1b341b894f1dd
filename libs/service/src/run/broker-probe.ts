import { setTimeout as sleep } from 'node:timers/promises';
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
  async answers(): Promise<boolean> {
    this.#pending ??= this.#ask();
    const late = new AbortController();
    const timeout = sleep(this.#withinMs, false, { signal: late.signal, ref: false }).catch(() => false);
    const answered = await Promise.race([this.#pending, timeout]);
    late.abort();
    return answered;
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
