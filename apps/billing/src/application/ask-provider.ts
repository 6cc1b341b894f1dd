import type { Settle, UnitOfWork } from '@dozen/database';
import { withLogFields } from '@dozen/telemetry';
import { Injectable } from '@nestjs/common';
import { awaitedCharge, chargeKey, type ChargeAnswer, type Payment, type PaymentInput } from '../domain/payment.js';
import { unknownPayment } from '../errors.js';
import { AdvancePayment } from './advance-payment.js';
import { PaymentProvider, Payments } from './ports.js';

const nothing: Settle = () => Promise.resolve();

/**
 * The jobs of a payment. Each asks the provider, in no transaction, and returns what writes the answer down, in the
 * transaction that completes the job. What a crash does at each step: before the provider has the request, nothing
 * happened; between its effect and the writing, the next attempt gets the same answer by the same key; the writing
 * happens whole or not at all.
 *
 * All throw BIL-PAYMENT-UNKNOWN and what `PaymentProvider` throws: the job is tried again, with the same key.
 */
@Injectable()
export class AskProvider {
  constructor(
    private readonly payments: Payments,
    private readonly provider: PaymentProvider,
    private readonly advance: AdvancePayment,
  ) {}

  /** Asks the provider to take the money, if the payment still waits for it. */
  charge(paymentId: string, signal: AbortSignal): Promise<Settle> {
    return this.ask(paymentId, (payment) => {
      const charge = awaitedCharge(payment);
      return charge && this.provider.charge(charge, signal);
    });
  }

  /** Asks the provider to take no money, and what became of the charge. */
  void(paymentId: string, signal: AbortSignal): Promise<Settle> {
    return this.ask(paymentId, (payment) =>
      payment.state === 'voiding' ? this.provider.void(chargeKey(payment), signal) : undefined,
    );
  }

  /** Asks the provider to refund the charge. */
  refund(paymentId: string, signal: AbortSignal): Promise<Settle> {
    return this.ask(paymentId, ({ state, providerReference }) =>
      state === 'refunding' && providerReference !== null ? this.provider.refund(providerReference, signal) : undefined,
    );
  }

  /** Tells the payment that its time is over. The provider is not asked. */
  timeOut(paymentId: string): Settle {
    return (unit) => this.write(unit, paymentId, { kind: 'TimedOut' });
  }

  private async ask(
    paymentId: string,
    request: (payment: Payment) => Promise<ChargeAnswer> | undefined,
  ): Promise<Settle> {
    const payment = await this.payments.find(paymentId);
    if (payment === undefined) throw unknownPayment({ paymentId });
    return withLogFields({ order_id: payment.orderId }, async () => {
      const answer = await request(payment);
      return answer === undefined ? nothing : (unit: UnitOfWork) => this.write(unit, paymentId, answer);
    });
  }

  private async write(unit: UnitOfWork, paymentId: string, input: PaymentInput): Promise<void> {
    const payment = await this.payments.lock(unit, paymentId);
    if (payment === undefined) throw unknownPayment({ paymentId });
    await this.advance.run(unit, payment, input);
  }
}
