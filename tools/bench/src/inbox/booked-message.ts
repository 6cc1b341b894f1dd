import type { OutgoingMessage } from '@dozen/database';
import { newId } from '@dozen/kernel';
import { type Credit, creditBooked } from './credit.js';

/** The event of a yardstick's handler, for the outbox's own writer. */
export function bookedMessage(credit: Credit): OutgoingMessage {
  const id = newId();
  return {
    id,
    contract: creditBooked,
    subject: credit.account,
    payload: credit,
    time: new Date(),
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    correlationId: id,
  };
}
