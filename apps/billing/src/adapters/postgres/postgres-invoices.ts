import type { UnitOfWork } from '@dozen/database';
import { Injectable } from '@nestjs/common';
import { Invoices } from '../../application/ports.js';
import type { Invoice } from '../../domain/invoice.js';
import { InvoiceEntity } from './entities/invoice.entity.js';

@Injectable()
export class PostgresInvoices extends Invoices {
  async add({ manager }: UnitOfWork, invoice: Invoice): Promise<Invoice | undefined> {
    const { id, orderId, customerId, lines, total } = invoice;
    // Not a failing insert: that would cost the batch of messages its transaction.
    const added = await manager
      .createQueryBuilder()
      .insert()
      .into(InvoiceEntity)
      .values({ id, orderId, customerId, lines: [...lines], ...total })
      .orIgnore()
      .returning('id')
      .execute();
    const returned: unknown = added.raw;
    if (Array.isArray(returned) && returned.length === 1) return undefined;
    return toInvoice(await manager.findOneByOrFail(InvoiceEntity, { orderId }));
  }
}

function toInvoice({ id, orderId, customerId, lines, amount, currency }: InvoiceEntity): Invoice {
  return { id, orderId, customerId, lines, total: { amount, currency } };
}
