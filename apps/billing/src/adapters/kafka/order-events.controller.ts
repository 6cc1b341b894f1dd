import { OrderCancelling, OrderPlaced } from '@dozen/contracts';
import type { UnitOfWork } from '@dozen/database';
import { Handles } from '@dozen/messaging';
import { Controller } from '@nestjs/common';
import { VoidPayment } from '../../application/void-payment.js';
import { OpenInvoice } from '../../application/open-invoice.js';

/** The events of orders that billing handles. */
@Controller()
export class OrderEventsController {
  constructor(
    private readonly openInvoice: OpenInvoice,
    private readonly voidPayment: VoidPayment,
  ) {}

  @Handles(OrderPlaced)
  async placed(event: OrderPlaced, unit: UnitOfWork): Promise<void> {
    await this.openInvoice.run(unit, event);
  }

  @Handles(OrderCancelling)
  async cancelling(event: OrderCancelling, unit: UnitOfWork): Promise<void> {
    await this.voidPayment.run(unit, event);
  }
}
