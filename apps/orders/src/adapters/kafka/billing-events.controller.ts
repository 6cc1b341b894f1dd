import { PaymentCaptured, PaymentDeclined, PaymentRefunded, PaymentVoided } from '@dozen/contracts';
import type { UnitOfWork } from '@dozen/database';
import { Handles } from '@dozen/messaging';
import { Controller } from '@nestjs/common';
import { SettlePayment } from '../../application/settle-payment.js';

/**
 * Batches of two topics may touch the same orders. Both declare the order as a lock, so that they wait for each other and do
 * not deadlock.
 */
const byOrder = { locks: ({ orderId }: { readonly orderId: string }) => [orderId] };

/** The events of billing that end a payment. Its other events mean nothing to orders. */
@Controller()
export class BillingEventsController {
  constructor(private readonly settlePayment: SettlePayment) {}

  @Handles(PaymentCaptured, byOrder)
  async captured({ orderId, amount }: PaymentCaptured, unit: UnitOfWork): Promise<void> {
    await this.settlePayment.run(unit, { input: 'PaymentCaptured', orderId, amount });
  }

  @Handles(PaymentDeclined, byOrder)
  async declined({ orderId, reason }: PaymentDeclined, unit: UnitOfWork): Promise<void> {
    await this.settlePayment.run(unit, { input: 'PaymentDeclined', orderId, reason });
  }

  @Handles(PaymentVoided, byOrder)
  async voided({ orderId, reason }: PaymentVoided, unit: UnitOfWork): Promise<void> {
    await this.settlePayment.run(unit, { input: 'PaymentVoided', orderId, reason });
  }

  @Handles(PaymentRefunded, byOrder)
  async refunded({ orderId, reason, amount }: PaymentRefunded, unit: UnitOfWork): Promise<void> {
    await this.settlePayment.run(unit, { input: 'PaymentRefunded', orderId, reason, amount });
  }
}
