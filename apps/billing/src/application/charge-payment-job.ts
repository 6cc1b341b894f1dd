import { defineJob } from '@dozen/database';
import { z } from 'zod';

const job = z.object({ paymentId: z.uuid({ version: 'v7' }) });
/** No token in it: jobs outlive the payment's need of one. */
export type ChargePayment = z.output<typeof job>;

/*
 * | value                  | reason                                                                              |
 * |------------------------|-------------------------------------------------------------------------------------|
 * | retryLimit 3000        | about a day at the longest delay: an outage of the provider costs no order            |
 * | retryDelayS 1, doubled | a flaky answer is asked again at once                                                |
 * | retryDelayMaxS 30      | how long an order waits at most after the provider is back                            |
 * | expireInSeconds 60     | more than PAYMENT_PROVIDER_TIMEOUT_MS can be, and the settling                        |
 * | concurrency 10         | charges in flight per process; they wait for the network and hold no connection        |
 */
export const chargePayment = defineJob({
  name: 'charge-payment',
  schema: job,
  retryLimit: 3_000,
  retryDelayS: 1,
  retryBackoff: true,
  retryDelayMaxS: 30,
  expireInSeconds: 60,
  concurrency: 10,
});
