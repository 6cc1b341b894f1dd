import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@dozen/kernel';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import type { NewOrder } from '../shop.js';
import { useAllCodecs } from './kafkajs-codecs.js';
import type { Poison } from './poison.js';
import { addressOf, idSpelling, recordSpelling, unreadable } from './spellings.js';

const TIMEOUT_MS = 120_000;
const SEND_MS = 10_000;
const PLACE = { topic: 'orders.commands', type: 'dozen.PlaceOrder.v1' };
const CANCEL = { topic: 'orders.commands', type: 'dozen.CancelOrder.v1' };
const CUSTOMER = 'outside-shop';

interface Message {
  readonly topic: string;
  readonly type: string;
  readonly key: string;
  readonly messageId: string;
  readonly value: string | Buffer;
}

/** An external producer with plain kafkajs. It sends commands, and sends the same ones again until the broker takes them. */
export class OutsideProducer {
  readonly #kafka: Kafka;
  #producer: Promise<Producer> | undefined;

  constructor(kafkaUrl: string) {
    useAllCodecs();
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

  /**
   * Resolves with the order's id when the broker has the command. `times`: a program that does not know whether it was
   * heard sends the very same command again.
   */
  async place(order: NewOrder, { orderId = newId(), times = 1 } = {}): Promise<string> {
    const key = idSpelling(orderId);
    const message = { ...PLACE, key, messageId: newId(), value: contentOf(key, order) };
    for (let time = 0; time < times; time += 1) await this.#send(message);
    return orderId;
  }

  /** Asks for the cancellation of an order that it placed; resolves when the broker has the command. */
  async cancel(orderId: string): Promise<void> {
    // The id is spelled as in the order's own command, since the same spelling is the same key, and so the same partition.
    const key = idSpelling(orderId);
    const value = JSON.stringify({ orderId: key, customerId: CUSTOMER });
    await this.#send({ ...CANCEL, key, messageId: newId(), value });
  }

  /** A message that nobody can read. */
  async poison({ topic, type, orderId, messageId }: Poison): Promise<void> {
    await this.#send({ topic, type, key: orderId, messageId, value: unreadable(orderId, messageId) });
  }

  async stop(): Promise<void> {
    if (this.#producer !== undefined) await this.#discard(this.#producer);
  }

  async #send(message: Message): Promise<void> {
    const deadline = performance.now() + TIMEOUT_MS;
    for (;;) {
      try {
        await this.#attempt(message);
        return;
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await sleep(200);
      }
    }
  }

  async #attempt({ topic, type, key, messageId, value }: Message): Promise<void> {
    const { id, headers: others, compression } = recordSpelling(messageId);
    const headers = {
      ce_specversion: '1.0',
      ce_id: id,
      ce_type: type,
      ce_source: '/chaos/outside',
      ce_subject: key,
      ...others,
    };
    const session = (this.#producer ??= this.#connect());
    const send = session.then((producer) => producer.send({ topic, compression, messages: [{ key, value, headers }] }));
    const late = new AbortController();
    try {
      const answered = await Promise.race([send, sleep(SEND_MS, 'late' as const, { signal: late.signal })]);
      if (answered === 'late') throw new Error('the broker did not answer');
    } catch (error) {
      // After the deadline nobody waits for the send any more, and it may still fail.
      send.catch(() => undefined);
      await this.#discard(session);
      throw error;
    } finally {
      late.abort();
    }
  }

  /** What a producer that hangs has in flight is sent again by a new one. */
  async #discard(session: Promise<Producer>): Promise<void> {
    if (this.#producer === session) this.#producer = undefined;
    try {
      await (await session).disconnect();
    } catch {
      // It never connected, or its broker is gone: there is nothing to end.
    }
  }

  /**
   * The producer is not idempotent: kafkajs uses the sequence number of a rejected send again, so that of many sends at once
   * the next one is acknowledged and not stored. A message that is stored twice has the same id twice, which is all that Dozen
   * asks for.
   */
  async #connect(): Promise<Producer> {
    const producer = this.#kafka.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    return producer;
  }
}

/** The body of a PlaceOrder; also what an operator puts in the place of a broken one. */
export function contentOf(orderId: string, order: NewOrder): string {
  const customer = { id: CUSTOMER, email: addressOf(orderId), locale: 'en' };
  return JSON.stringify({ orderId, customer, ...order });
}
