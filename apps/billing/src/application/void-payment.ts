import type { OrderCancelling } from '@dozen/contracts';
import type { UnitOfWork } from '@dozen/database';
import { Injectable } from '@nestjs/common';
import { unknownPayment } from '../errors.js';
import { AdvancePayment } from './advance-payment.js';
import { Payments } from './ports.js';

/** The order is cancelled: its payment is voided, or refunded if it was captured. */
@Injectable()
export class VoidPayment {
  constructor(
    private readonly payments: Payments,
    private readonly advance: AdvancePayment,
  ) {}

  /** @throws BIL-PAYMENT-UNKNOWN: OrderPlaced came before, or is parked before this. */
  async run(unit: UnitOfWork, { orderId }: OrderCancelling): Promise<void> {
    const payment = await this.payments.lockOfOrder(unit, orderId);
    if (payment === undefined) throw unknownPayment({ orderId });
    await this.advance.run(unit, payment, { kind: 'OrderCancelling' });
  }
}
