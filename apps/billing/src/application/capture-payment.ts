import { PaymentCaptured, PaymentDeclined } from '@dozen/contracts';
import type { Settle, UnitOfWork } from '@dozen/database';
import { LOGGER } from '@dozen/service';
import { type Logger, withLogFields } from '@dozen/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { book } from '../domain/ledger.js';
import { awaitedCharge, type ChargeAnswer, type Payment, type Settlement, settlePayment } from '../domain/payment.js';
import { billingError } from '../errors.js';
import { paymentCaptured, paymentDeclined } from './events.js';
import { Ledger, PaymentProvider, Payments } from './ports.js';

const nothing: Settle = () => Promise.resolve();

/**
 * Charges a payment. What a crash does at each step: before the provider has it, nothing happened; between its effect
 * and `settle`, the next attempt gets the same answer by the same key; `settle` happens whole or not at all.
 */
@Injectable()
export class CapturePayment {
  constructor(
    private readonly payments: Payments,
    private readonly ledger: Ledger,
    private readonly provider: PaymentProvider,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Asks the provider, in no transaction. Returns what writes the answer down, in the transaction that completes the
   * job. @throws BIL-PAYMENT-UNKNOWN and what `PaymentProvider.charge` throws: the job is tried again, with the same key.
   */
  async ask(paymentId: string, signal: AbortSignal): Promise<Settle> {
    const payment = await this.payments.find(paymentId);
    if (payment === undefined) throw unknownPayment(paymentId);
    const charge = awaitedCharge(payment);
    if (charge === undefined) return nothing;
    return withLogFields({ order_id: payment.orderId }, async () => {
      const answer = await this.provider.charge(charge, signal);
      return (unit) => this.settle(unit, paymentId, answer);
    });
  }

  private async settle(unit: UnitOfWork, paymentId: string, answer: ChargeAnswer): Promise<void> {
    const before = await this.payments.lock(unit, paymentId);
    if (before === undefined) throw unknownPayment(paymentId);
    const settlement = settlePayment(before, answer);
    if (settlement === undefined) return;
    const { payment, change } = settlement;
    await this.payments.save(unit, payment);
    await this.ledger.book(unit, book(change.books, payment));
    tell(unit, settlement);
    unit.afterCommit(() => this.report(payment));
  }

  private report({ orderId, id, state }: Payment): void {
    this.logger.info({ order_id: orderId, payment_id: id, state }, 'payment settled');
  }
}

function tell(unit: UnitOfWork, { payment, change }: Settlement): void {
  switch (change.event) {
    case 'PaymentCaptured':
      unit.publish(PaymentCaptured, paymentCaptured(payment));
      return;
    case 'PaymentDeclined':
      unit.publish(PaymentDeclined, paymentDeclined(payment));
  }
}

function unknownPayment(paymentId: string): Error {
  return billingError('BIL-PAYMENT-UNKNOWN', 'the payment of a job is not there', { details: { paymentId } });
}
