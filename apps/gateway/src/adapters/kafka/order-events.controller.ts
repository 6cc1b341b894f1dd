import {
  InvoiceOpened,
  MailSent,
  OrderConfirmed,
  OrderPlaced,
  OrderRejected,
  PaymentCaptured,
  PaymentDeclined,
} from '@dozen/contracts';
import type { UnitOfWork } from '@dozen/database';
import { Handles } from '@dozen/messaging';
import { Controller } from '@nestjs/common';
import { RecordEvent } from '../../application/record-event.js';
import * as facts from '../../domain/facts.js';

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
    await this.recordEvent.run(unit, { orderId, customerId: customer.id, fact: facts.orderPlaced(event) });
  }

  @Handles(OrderConfirmed, byOrder)
  async confirmed(event: OrderConfirmed, unit: UnitOfWork): Promise<void> {
    const { orderId, customer } = event;
    await this.recordEvent.run(unit, { orderId, customerId: customer.id, fact: facts.orderConfirmed(event) });
  }

  @Handles(OrderRejected, byOrder)
  async rejected(event: OrderRejected, unit: UnitOfWork): Promise<void> {
    const { orderId, customer } = event;
    await this.recordEvent.run(unit, { orderId, customerId: customer.id, fact: facts.orderRejected(event) });
  }

  @Handles(InvoiceOpened, byOrder)
  async invoiceOpened(event: InvoiceOpened, unit: UnitOfWork): Promise<void> {
    await this.recordEvent.run(unit, { orderId: event.orderId, fact: facts.invoiceOpened(event) });
  }

  @Handles(PaymentCaptured, byOrder)
  async captured(event: PaymentCaptured, unit: UnitOfWork): Promise<void> {
    await this.recordEvent.run(unit, { orderId: event.orderId, fact: facts.paymentCaptured(event) });
  }

  @Handles(PaymentDeclined, byOrder)
  async declined(event: PaymentDeclined, unit: UnitOfWork): Promise<void> {
    await this.recordEvent.run(unit, { orderId: event.orderId, fact: facts.paymentDeclined(event) });
  }

  @Handles(MailSent, byOrder)
  async mailSent(event: MailSent, unit: UnitOfWork): Promise<void> {
    await this.recordEvent.run(unit, { orderId: event.orderId, fact: facts.mailSent(event) });
  }
}
