import {
  CancellationRefused,
  InvoiceOpened,
  MailSent,
  OrderCancelled,
  OrderCancelling,
  OrderConfirmed,
  OrderPlaced,
  OrderRejected,
  PaymentCaptured,
  PaymentDeclined,
  PaymentRefunded,
  PaymentVoided,
} from '@dozen/contracts';
import type { UnitOfWork } from '@dozen/database';
import { Handles } from '@dozen/messaging';
import { Controller } from '@nestjs/common';
import { RecordEvent } from '../../application/record-event.js';
import * as entryData from '../../domain/entry-data.js';

/**
 * Batches of different topics lock rows of the same orders. Without a common order they would deadlock, so the batch
 * takes these locks first, sorted.
 */
const byOrder = { locks: ({ orderId }: { readonly orderId: string }) => [orderId] };

/** Everything that the services say about an order goes into its timeline. */
@Controller()
export class OrderEventsController {
  constructor(private readonly recordEvent: RecordEvent) {}

  @Handles(OrderPlaced, byOrder)
  async placed(event: OrderPlaced, unit: UnitOfWork): Promise<void> {
    const { orderId, customer } = event;
    await this.recordEvent.run(unit, { orderId, customerId: customer.id, data: entryData.orderPlaced(event) });
  }

  @Handles(OrderConfirmed, byOrder)
  async confirmed(event: OrderConfirmed, unit: UnitOfWork): Promise<void> {
    const { orderId, customer } = event;
    await this.recordEvent.run(unit, { orderId, customerId: customer.id, data: entryData.orderConfirmed(event) });
  }

  @Handles(OrderRejected, byOrder)
  async rejected(event: OrderRejected, unit: UnitOfWork): Promise<void> {
    const { orderId, customer } = event;
    await this.recordEvent.run(unit, { orderId, customerId: customer.id, data: entryData.orderRejected(event) });
  }

  @Handles(OrderCancelling, byOrder)
  async cancelling(event: OrderCancelling, unit: UnitOfWork): Promise<void> {
    const { orderId, customer } = event;
    await this.recordEvent.run(unit, { orderId, customerId: customer.id, data: entryData.orderCancelling(event) });
  }

  @Handles(OrderCancelled, byOrder)
  async cancelled(event: OrderCancelled, unit: UnitOfWork): Promise<void> {
    const { orderId, customer } = event;
    await this.recordEvent.run(unit, { orderId, customerId: customer.id, data: entryData.orderCancelled(event) });
  }

  /**
   * A refusal goes to whoever asked for the cancellation, who need not be the order's customer. The order need not even exist.
   */
  @Handles(CancellationRefused, byOrder)
  async cancellationRefused(event: CancellationRefused, unit: UnitOfWork): Promise<void> {
    const { orderId, customerId } = event;
    await this.recordEvent.ifOwned(unit, { orderId, customerId, data: entryData.cancellationRefused(event) });
  }

  @Handles(InvoiceOpened, byOrder)
  async invoiceOpened(event: InvoiceOpened, unit: UnitOfWork): Promise<void> {
    await this.recordEvent.run(unit, { orderId: event.orderId, data: entryData.invoiceOpened(event) });
  }

  @Handles(PaymentCaptured, byOrder)
  async captured(event: PaymentCaptured, unit: UnitOfWork): Promise<void> {
    await this.recordEvent.run(unit, { orderId: event.orderId, data: entryData.paymentCaptured(event) });
  }

  @Handles(PaymentDeclined, byOrder)
  async declined(event: PaymentDeclined, unit: UnitOfWork): Promise<void> {
    await this.recordEvent.run(unit, { orderId: event.orderId, data: entryData.paymentDeclined(event) });
  }

  @Handles(PaymentVoided, byOrder)
  async voided(event: PaymentVoided, unit: UnitOfWork): Promise<void> {
    await this.recordEvent.run(unit, { orderId: event.orderId, data: entryData.paymentVoided(event) });
  }

  @Handles(PaymentRefunded, byOrder)
  async refunded(event: PaymentRefunded, unit: UnitOfWork): Promise<void> {
    await this.recordEvent.run(unit, { orderId: event.orderId, data: entryData.paymentRefunded(event) });
  }

  @Handles(MailSent, byOrder)
  async mailSent(event: MailSent, unit: UnitOfWork): Promise<void> {
    await this.recordEvent.run(unit, { orderId: event.orderId, data: entryData.mailSent(event) });
  }
}
