import type { JobHandler, JobRun, Settle } from '@dozen/database';
import { JobWorker } from '@dozen/service';
import { CapturePayment } from '../../application/capture-payment.js';
import { type ChargePayment, chargePayment } from '../../application/charge-payment-job.js';

@JobWorker()
export class ChargePaymentWorker implements JobHandler<ChargePayment> {
  readonly queue = chargePayment;

  constructor(private readonly capturePayment: CapturePayment) {}

  perform({ data, signal }: JobRun<ChargePayment>): Promise<Settle> {
    return this.capturePayment.ask(data.paymentId, signal);
  }
}
