import type { JobHandler, JobRun, Settle } from '@dozen/database';
import { JobWorker } from '@dozen/service';
import { AskProvider } from '../../application/ask-provider.js';
import {
  chargePayment,
  type PaymentJob,
  refundPayment,
  timeOutPayment,
  voidPayment,
} from '../../application/payment-jobs.js';

@JobWorker()
export class ChargePaymentWorker implements JobHandler<PaymentJob> {
  readonly queue = chargePayment;

  constructor(private readonly askProvider: AskProvider) {}

  perform({ data, signal }: JobRun<PaymentJob>): Promise<Settle> {
    return this.askProvider.charge(data.paymentId, signal);
  }
}

@JobWorker()
export class VoidPaymentWorker implements JobHandler<PaymentJob> {
  readonly queue = voidPayment;

  constructor(private readonly askProvider: AskProvider) {}

  perform({ data, signal }: JobRun<PaymentJob>): Promise<Settle> {
    return this.askProvider.void(data.paymentId, signal);
  }
}

@JobWorker()
export class RefundPaymentWorker implements JobHandler<PaymentJob> {
  readonly queue = refundPayment;

  constructor(private readonly askProvider: AskProvider) {}

  perform({ data, signal }: JobRun<PaymentJob>): Promise<Settle> {
    return this.askProvider.refund(data.paymentId, signal);
  }
}

@JobWorker()
export class TimeOutPaymentWorker implements JobHandler<PaymentJob> {
  readonly queue = timeOutPayment;

  constructor(private readonly askProvider: AskProvider) {}

  perform({ data }: JobRun<PaymentJob>): Promise<Settle> {
    return Promise.resolve(this.askProvider.timeOut(data.paymentId));
  }
}

export const paymentWorkers = [ChargePaymentWorker, VoidPaymentWorker, RefundPaymentWorker, TimeOutPaymentWorker];
