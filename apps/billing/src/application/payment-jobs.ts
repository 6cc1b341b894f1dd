import { defineJob } from '@dozen/database';
import { z } from 'zod';

const job = z.object({ paymentId: z.uuid({ version: 'v7' }) });
/** A job holds no payment token: jobs are kept for longer than the payment needs its token. */
export type PaymentJob = z.output<typeof job>;

/*
 * | value                  | reason                                                                              |
 * |------------------------|-------------------------------------------------------------------------------------|
 * | retryLimit 3000        | about a day at the longest delay: an outage of the provider costs no money            |
 * | retryDelayS 1, doubled | a flaky answer is asked again at once                                                |
 * | retryDelayMaxS 30      | how long an order waits at most after the provider is back                            |
 * | expireInSeconds 60     | more than PAYMENT_PROVIDER_TIMEOUT_MS can be, and the settling                        |
 * | concurrency 50, 10     | requests in flight per process, of charges and of the rarer ones; they wait for the    |
 * |                        | network and hold no connection. With ten, one card in four that takes the provider    |
 * |                        | three seconds kept all others to 11 charges a second                                   |
 */
const asking = {
  schema: job,
  retryLimit: 3_000,
  retryDelayS: 1,
  retryBackoff: true,
  retryDelayMaxS: 30,
  expireInSeconds: 60,
};
const rare = { ...asking, concurrency: 10 };

/** Asks the provider to take the money. */
export const chargePayment = defineJob({ name: 'charge-payment', ...asking, concurrency: 50 });
/** Asks the provider to take none under the payment's key, and what became of it. */
export const voidPayment = defineJob({ name: 'void-payment', ...rare });
/** Asks the provider to refund the money. */
export const refundPayment = defineJob({ name: 'refund-payment', ...rare });
/** Due when the payment's time is over. */
export const timeOutPayment = defineJob({ name: 'time-out-payment', ...rare });

export const paymentJobs = [chargePayment, voidPayment, refundPayment, timeOutPayment] as const;
