import { randomUUID } from 'node:crypto';
import { Controller, Inject } from '@nestjs/common';
import { type ClientKafka, EventPattern, Payload } from '@nestjs/microservices';
import { Column, DataSource, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { CLIENT, STOCK_TOPICS, type StockInput, type StockMessage, type StockParts, tell } from './parts.js';

@Entity('payments')
class StockPayment {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { unique: true }) orderId!: string;
  @Column('int') amount!: number;
  @Column('text') state!: string;
  @Column('text', { nullable: true }) reference!: string | null;
}

@Entity('ledger_entries')
class StockLedgerEntry {
  @PrimaryGeneratedColumn() id!: number;
  @Column('uuid') paymentId!: string;
  @Column('text') account!: string;
  @Column('int') amount!: number;
}

/** Opens an invoice and charges it while it handles the message. */
export function billingParts({ providerUrl, providerKey }: StockInput): StockParts {
  const charge = async (payment: StockPayment, token: string): Promise<string> => {
    const response = await fetch(new URL('/v1/charges', providerUrl), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': payment.id,
        authorization: `Bearer ${providerKey}`,
      },
      body: JSON.stringify({ amount: payment.amount, currency: 'EUR', token, reference: payment.orderId }),
    });
    if (response.status !== 201) throw new Error(`the provider answers ${response.status}: ${await response.text()}`);
    return ((await response.json()) as { id: string }).id;
  };

  @Controller()
  class BillingController {
    constructor(
      @Inject(DataSource) private readonly database: DataSource,
      @Inject(CLIENT) private readonly client: ClientKafka,
    ) {}

    @EventPattern(STOCK_TOPICS.orders)
    async placed(@Payload() message: StockMessage & { total: number; paymentToken: string }): Promise<void> {
      const { type, orderId, total: amount, paymentToken } = message;
      if (type !== 'OrderPlaced') return;
      const payment = { id: randomUUID(), orderId, amount, state: 'charging', reference: null };
      await this.database.transaction(async (manager) => {
        await manager.insert(StockPayment, payment);
        await this.book(manager, payment, ['receivable', 'revenue']);
      });
      await tell(this.client, STOCK_TOPICS.billing, { type: 'InvoiceOpened', orderId, paymentId: payment.id, amount });
      const reference = await charge(payment, paymentToken);
      await this.database.transaction(async (manager) => {
        await manager.update(StockPayment, { id: payment.id }, { state: 'captured', reference });
        await this.book(manager, payment, ['cash', 'receivable']);
      });
      const captured = { type: 'PaymentCaptured', orderId, paymentId: payment.id, amount, reference };
      await tell(this.client, STOCK_TOPICS.billing, captured);
    }

    private async book(
      manager: DataSource['manager'],
      { id: paymentId, amount }: StockPayment,
      [debit, credit]: readonly [string, string],
    ): Promise<void> {
      await manager.insert(StockLedgerEntry, [
        { paymentId, account: debit, amount },
        { paymentId, account: credit, amount: -amount },
      ]);
    }
  }

  return { controllers: [BillingController], entities: [StockPayment, StockLedgerEntry] };
}
