import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@dozen/kernel';
import { Kafka, logLevel, type Message, type Producer } from 'kafkajs';
import type { NewOrder } from '../shop.js';

const PATIENCE_MS = 60_000;
const SEND_MS = 10_000;
const TOPIC = 'orders.commands';

/** A stranger with plain kafkajs: sends commands, and sends the same ones again until the broker takes them. */
export class OutsideProducer {
  readonly #kafka: Kafka;
  #producer: Promise<Producer> | undefined;

  constructor(kafkaUrl: string) {
    const retry = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 10 };
    const brokers = [new URL(kafkaUrl).host];
    this.#kafka = new Kafka({
      brokers,
      connectionTimeout: 1_000,
      requestTimeout: 5_000,
      retry,
      logLevel: logLevel.NOTHING,
    });
  }

  /** Resolves with the order's id when the broker has the command. */
  async place(order: NewOrder): Promise<string> {
    const orderId = newId();
    const customer = { id: 'outside-shop', email: 'outside-shop@example.org', locale: 'en' };
    await this.#send(orderId, newId(), JSON.stringify({ orderId, customer, ...order }));
    return orderId;
  }

  /** A command that nobody can read. Resolves with its message id. */
  async poison(): Promise<string> {
    const [orderId, messageId] = [newId(), newId()];
    await this.#send(orderId, messageId, JSON.stringify({ orderId, items: 'poison' }));
    return messageId;
  }

  async stop(): Promise<void> {
    if (this.#producer !== undefined) await this.#discard(this.#producer);
  }

  async #send(key: string, messageId: string, value: string): Promise<void> {
    const headers = {
      ce_specversion: '1.0',
      ce_id: messageId,
      ce_type: 'dozen.PlaceOrder.v1',
      ce_source: '/chaos/outside',
      ce_time: new Date().toISOString(),
      ce_subject: key,
    };
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        await this.#attempt({ key, value, headers });
        return;
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await sleep(200);
      }
    }
  }

  async #attempt(message: Message): Promise<void> {
    const session = (this.#producer ??= this.#connect());
    const send = session.then((producer) => producer.send({ topic: TOPIC, messages: [message] }));
    const late = new AbortController();
    try {
      const answered = await Promise.race([send, sleep(SEND_MS, 'late' as const, { signal: late.signal })]);
      if (answered === 'late') throw new Error('the broker did not answer');
    } catch (error) {
      // Given up after the deadline, it may still fail: nobody waits for it any more.
      send.catch(() => undefined);
      await this.#discard(session);
      throw error;
    } finally {
      late.abort();
    }
  }

  /** After a rejected send a producer may lose the next one silently: that one gets a new one. */
  async #discard(session: Promise<Producer>): Promise<void> {
    if (this.#producer === session) this.#producer = undefined;
    try {
      await (await session).disconnect();
    } catch {
      // It never connected, or its broker is gone: there is nothing to end.
    }
  }

  async #connect(): Promise<Producer> {
    const producer = this.#kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    return producer;
  }
}
