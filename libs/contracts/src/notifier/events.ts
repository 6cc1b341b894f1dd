import type { PayloadOf } from '@dozen/kernel';
import { z } from 'zod';
import { defineMessage } from '../define.js';
import { formed, text } from '../text.js';
import { notifierEvents } from '../topics.js';
import { aggregateVersion, orderId } from '../values.js';

/** The mail server took the mail. No address in it: the timeline is not a place for one. */
export const MailSent = defineMessage({
  name: 'MailSent',
  version: 1,
  topic: notifierEvents,
  schema: z.object({
    orderId,
    aggregateVersion,
    template: formed(/^[a-z]+(?:-[a-z]+)*$/)
      .max(64)
      .describe(
        'Which mail: docs/mails.md has those of this release. A reader takes any, so that a mail more is no new version',
      ),
    messageId: text({ max: 998 }).describe('RFC 5322 Message-ID: the same for every attempt'),
  }),
  key: (event) => event.orderId,
});
export type MailSent = PayloadOf<typeof MailSent>;
