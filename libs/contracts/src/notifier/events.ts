import type { PayloadOf } from '@dozen/kernel';
import { z } from 'zod';
import { defineMessage } from '../define.js';
import { text } from '../text.js';
import { notifierEvents } from '../topics.js';
import { aggregateVersion, orderId } from '../values.js';

export const mailTemplate = z.enum([
  'order-placed',
  'order-confirmed',
  'order-rejected',
  'order-cancelled',
  'order-refunded',
]);
export type MailTemplate = z.output<typeof mailTemplate>;

/** The mail server took the mail. No address in it: the timeline is not a place for one. */
export const MailSent = defineMessage({
  name: 'MailSent',
  version: 1,
  topic: notifierEvents,
  schema: z.object({
    orderId,
    aggregateVersion,
    template: mailTemplate,
    messageId: text({ max: 998 }).describe('RFC 5322 Message-ID: the same for every attempt'),
  }),
  key: (event) => event.orderId,
});
export type MailSent = PayloadOf<typeof MailSent>;
