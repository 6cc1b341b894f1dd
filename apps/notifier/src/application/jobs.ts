import { defineJob } from '@dozen/database';
import { z } from 'zod';
import { MAIL_TEMPLATES } from '../domain/mails/index.js';

/** No personal data: a job outlives its mail by 14 days. */
const mailKey = z.object({ orderId: z.uuid({ version: 'v7' }), template: z.enum(MAIL_TEMPLATES) });

/*
 * | value               | reason                                                                                        |
 * | retryDelayS 2       | greylisting and "too many connections" pass in seconds; doubles with jitter                     |
 * | retryDelayMaxS 1800 | a mail server that was away for a night is asked again within half an hour of coming back       |
 * | retryLimit 60       | with those delays about a day: longer than an outage that nobody sees to                        |
 * | expireInSeconds 60  | above the sum of the time limits in adapters/mail: an attempt ends by itself before it expires  |
 * | concurrency 20      | also the most connections that one process opens to the mail server, which usually allows 50 of a client; a mail of 0.12 s leaves room for 80 orders a second |
 */
export const sendMail = defineJob({
  name: 'send-mail',
  schema: mailKey,
  retryLimit: 60,
  retryDelayS: 2,
  retryBackoff: true,
  retryDelayMaxS: 1800,
  expireInSeconds: 60,
  concurrency: 20,
});

/** No second attempt: it is there to be listed among the failed jobs as soon as the mail is refused. */
export const undeliverableMail = defineJob({
  name: 'undeliverable-mail',
  schema: mailKey.extend({ answer: z.string() }),
  retryLimit: 0,
  retryDelayS: 1,
  retryBackoff: false,
  expireInSeconds: 60,
  concurrency: 1,
});

export type MailJob = z.output<typeof mailKey>;

/** One job at a time for each mail. */
export function singletonKeyOf({ orderId, template }: MailJob): string {
  return `${orderId}.${template}`;
}

export type UndeliverableJob = MailJob & { readonly answer: string };
