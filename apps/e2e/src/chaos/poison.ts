import { newId } from '@dozen/kernel';
import { Random } from './random.js';
import type { ServiceName } from '@dozen/manifest';

/** What becomes of a dead letter. `left`: nobody decides, and it is still there at the end. */
export type Decision = 'fix' | 'discard' | 'left';

/** A message that nobody can read. */
export interface Poison {
  readonly messageId: string;
  /** The id of the order whose key the poison has. */
  readonly orderId: string;
  readonly type: string;
  readonly topic: string;
  /** What its consumers' operators decide. */
  readonly decisions: Readonly<Partial<Record<ServiceName, Decision>>>;
}

/**
 * Events that are poison to every service that handles them. The real event of the same type comes behind, if the order gets so
 * far; the operator takes the right content from it. A PaymentCaptured or OrderPlaced that takes effect twice is a repeat to
 * every state machine, so a fix changes nothing but what waits behind it.
 */
const EVENTS: readonly { readonly name: string; readonly topic: string; readonly consumers: readonly ServiceName[] }[] =
  [
    { name: 'InvoiceOpened', topic: 'billing.events', consumers: ['gateway'] },
    { name: 'PaymentCaptured', topic: 'billing.events', consumers: ['gateway', 'orders'] },
    { name: 'OrderPlaced', topic: 'orders.events', consumers: ['gateway', 'billing', 'notifier'] },
  ];

/** One poisoned event for each of so many orders that are placed after it: several keys, in several partitions. */
export function poisonEvents(seed: number, keys: number): Poison[] {
  const random = new Random(seed);
  return Array.from({ length: keys }, () => {
    const { name, topic, consumers } = random.pick(EVENTS);
    const decisions = consumers.map((service) => [service, random.pick<Decision>(['fix', 'fix', 'discard'])] as const);
    return { ...ids(name), topic, decisions: Object.fromEntries(decisions) };
  });
}

/** The poison of a `poison-command`: parked alone, since an external producer sent it. Fixed, it is an order. */
export function poisonCommand(seed: number): Poison {
  const decision = new Random(seed).pick<Decision>(['fix', 'discard', 'left']);
  return { ...ids('PlaceOrder'), topic: 'orders.commands', decisions: { orders: decision } };
}

function ids(name: string): Pick<Poison, 'messageId' | 'orderId' | 'type'> {
  return { messageId: newId(), orderId: newId(), type: `dozen.${name}.v1` };
}
