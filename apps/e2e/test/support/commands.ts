import { newId } from '@dozen/kernel';
import { Kafka, logLevel, type Message } from 'kafkajs';

/** A PlaceOrder of somebody who is no part of Dozen. */
export function command(orderId: string, quantity = 1) {
  return {
    orderId,
    customer: { id: 'mallory', email: 'mallory@example.org', locale: 'en' },
    items: [{ sku: 'MUG-BLUE', quantity }],
    paymentToken: 'tok_ok',
  };
}

/** Its record, well-formed but for `change`. */
export function message(
  change: { headers?: Record<string, string>; key?: string | null; value?: string } = {},
): Message {
  const orderId = newId();
  return {
    key: orderId,
    value: JSON.stringify(command(orderId)),
    ...change,
    headers: {
      ce_specversion: '1.0',
      ce_id: newId(),
      ce_type: 'dozen.PlaceOrder.v1',
      ce_source: '/hostile',
      ce_time: new Date().toISOString(),
      ...change.headers,
    },
  };
}

export async function sendCommands(kafkaUrl: string, messages: Message[]): Promise<void> {
  const kafka = new Kafka({ brokers: [kafkaUrl.replace('kafka://', '')], logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ retry: { retries: 1 } });
  await producer.connect();
  try {
    await producer.send({ topic: 'orders.commands', messages });
  } finally {
    await producer.disconnect();
  }
}
