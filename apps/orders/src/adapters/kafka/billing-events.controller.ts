import { PaymentCaptured, PaymentDeclined, PaymentRefunded, PaymentVoided } from '@dozen/contracts';
import type { UnitOfWork } from '@dozen/database';
import { Handles } from '@dozen/messaging';
import { Controller } from '@nestjs/common';
import { SettlePayment } from '../../application/settle-payment.js';

/** Batches of two topics touch one order; the lock gives them a common order in which to wait. */
const byOrder = { locks: ({ orderId }: { readonly orderId: string }) => [orderId] };

/** What billing says of the payment. Its other events are none of orders' business. */
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
