import type { UnitOfWork } from '@dozen/database';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Payments } from '../../application/ports.js';
import type { Payment } from '../../domain/payment.js';
import { PaymentEntity } from './entities/payment.entity.js';

@Injectable()
export class PostgresPayments extends Payments {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  async find(id: string): Promise<Payment | undefined> {
    const row = await this.dataSource.manager.findOneBy(PaymentEntity, { id });
    return row === null ? undefined : toPayment(row);
  }

  lock(unit: UnitOfWork, id: string): Promise<Payment | undefined> {
    return this.lockWhere(unit, { id });
  }

  lockOfOrder(unit: UnitOfWork, orderId: string): Promise<Payment | undefined> {
    return this.lockWhere(unit, { orderId });
  }

  async add({ manager }: UnitOfWork, payment: Payment): Promise<void> {
    const { id, orderId, invoiceId, amount } = payment;
    await manager.insert(PaymentEntity, { id, orderId, invoiceId, ...amount, ...changing(payment) });
  }

  async save({ manager }: UnitOfWork, payment: Payment): Promise<void> {
    await manager.update(PaymentEntity, { id: payment.id }, { ...changing(payment), updatedAt: () => 'now()' });
  }

  private async lockWhere(
    { manager }: UnitOfWork,
    where: Partial<Pick<PaymentEntity, 'id' | 'orderId'>>,
  ): Promise<Payment | undefined> {
    const row = await manager.findOne(PaymentEntity, { where, lock: { mode: 'for_no_key_update' } });
    return row === null ? undefined : toPayment(row);
  }
}

type Changing = Pick<
  Payment,
  'state' | 'version' | 'paymentToken' | 'providerReference' | 'declineReason' | 'givenUpFor'
>;

/** What changes in a payment's life; the rest is written once. */
function changing({ state, version, paymentToken, providerReference, declineReason, givenUpFor }: Changing): Changing {
  return { state, version, paymentToken, providerReference, declineReason, givenUpFor };
}

function toPayment(row: PaymentEntity): Payment {
  const { id, orderId, invoiceId, amount, currency } = row;
  return { id, orderId, invoiceId, amount: { amount, currency }, ...changing(row) };
}
