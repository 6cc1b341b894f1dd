import { PaymentCaptured, PaymentDeclined, PaymentRefunded, PaymentVoided } from '@dozen/contracts';
import { Jobs, type UnitOfWork } from '@dozen/database';
import { LOGGER } from '@dozen/service';
import type { Logger } from '@dozen/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { book } from '../domain/ledger.js';
import { type Advance, advancePayment, type Payment, type PaymentInput } from '../domain/payment.js';
import { paymentCaptured, paymentDeclined, paymentRefunded, paymentVoided } from './events.js';
import { refundPayment, voidPayment } from './payment-jobs.js';
import { Ledger, Payments } from './ports.js';

/** Carries a step of the payment's table out: the row, the ledger, the event and the next job, in one transaction. */
@Injectable()
export class AdvancePayment {
  constructor(
    private readonly payments: Payments,
    private readonly ledger: Ledger,
    private readonly jobs: Jobs,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** The payment's row must be locked by the unit. Does nothing when the payment does not wait for this. */
  async run(unit: UnitOfWork, before: Payment, input: PaymentInput): Promise<void> {
    const advance = advancePayment(before, input);
    if (advance === undefined) return;
    const { payment, change } = advance;
    await this.payments.save(unit, payment);
    if (change.books !== undefined) await this.ledger.book(unit, book(change.books, payment));
    tell(unit, advance);
    if (change.asks !== undefined) {
      const queue = { void: voidPayment, refund: refundPayment }[change.asks];
      await this.jobs.enqueue(unit, queue, { paymentId: payment.id }, { singletonKey: payment.id });
    }
    unit.afterCommit(() => this.report(payment));
  }

  private report({ orderId, id, state, voidReason }: Payment): void {
    this.logger.info({ order_id: orderId, payment_id: id, state, given_up_for: voidReason }, 'payment changed');
  }
}

function tell(unit: UnitOfWork, { payment, change }: Advance): void {
  switch (change.event) {
    case 'PaymentCaptured':
      unit.publish(PaymentCaptured, paymentCaptured(payment));
      return;
    case 'PaymentDeclined':
      unit.publish(PaymentDeclined, paymentDeclined(payment));
      return;
    case 'PaymentVoided':
      unit.publish(PaymentVoided, paymentVoided(payment));
      return;
    case 'PaymentRefunded':
      unit.publish(PaymentRefunded, paymentRefunded(payment));
      return;
    case undefined:
  }
}
