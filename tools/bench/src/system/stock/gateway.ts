import { randomUUID } from 'node:crypto';
import { Body, Controller, Headers, HttpCode, Inject, Post, UnauthorizedException } from '@nestjs/common';
import { type ClientKafka, EventPattern, Payload } from '@nestjs/microservices';
import { createRemoteJWKSet, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { Column, DataSource, Entity, type EntityManager, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { CLIENT, type Line, STOCK_TOPICS, type StockInput, type StockMessage, type StockParts, tell } from './parts.js';

@Entity('orders')
class ShownOrder {
  @PrimaryColumn('uuid') id!: string;
  @Column('text', { nullable: true }) customerId!: string | null;
  @Column('text', { nullable: true, unique: true }) idempotencyKey!: string | null;
  @Column('text') status!: string;
}

@Entity('timeline')
class TimelineRow {
  @PrimaryGeneratedColumn() id!: number;
  @Column('uuid') orderId!: string;
  @Column('text') type!: string;
  @Column('jsonb') data!: object;
}

const STATUS: Readonly<Record<string, string>> = { OrderPlaced: 'placed', OrderConfirmed: 'confirmed' };

/** Takes orders, and shows what the others say about them. */
export function gatewayParts({ identityUrl }: StockInput): StockParts {
  const keys: JWTVerifyGetKey = createRemoteJWKSet(new URL('/.well-known/jwks.json', identityUrl));

  @Controller()
  class GatewayController {
    constructor(
      @Inject(DataSource) private readonly database: DataSource,
      @Inject(CLIENT) private readonly client: ClientKafka,
    ) {}

    @Post('v1/orders')
    @HttpCode(202)
    async place(
      @Body() order: { items: Line[]; paymentToken: string },
      @Headers('authorization') authorization = '',
      @Headers('idempotency-key') idempotencyKey: string,
    ): Promise<{ id: string; status: string }> {
      const customer = await this.customerOf(authorization.replace(/^Bearer /, ''));
      const id = randomUUID();
      await this.database.transaction((manager) =>
        manager.insert(ShownOrder, { id, customerId: customer.id, idempotencyKey, status: 'pending' }),
      );
      await tell(this.client, STOCK_TOPICS.commands, { type: 'PlaceOrder', orderId: id, customer, ...order });
      return { id, status: 'pending' };
    }

    @EventPattern(STOCK_TOPICS.orders)
    ofOrders(@Payload() message: StockMessage): Promise<void> {
      return this.record(message);
    }

    @EventPattern(STOCK_TOPICS.billing)
    ofBilling(@Payload() message: StockMessage): Promise<void> {
      return this.record(message);
    }

    @EventPattern(STOCK_TOPICS.notifier)
    ofNotifier(@Payload() message: StockMessage): Promise<void> {
      return this.record(message);
    }

    private async record({ type, orderId, ...data }: StockMessage): Promise<void> {
      await this.database.transaction(async (manager: EntityManager) => {
        await manager.insert(TimelineRow, { orderId, type, data });
        const status = STATUS[type];
        if (status !== undefined) await manager.update(ShownOrder, { id: orderId }, { status });
      });
    }

    private async customerOf(token: string): Promise<{ id: string; email: string }> {
      try {
        const { payload } = await jwtVerify<{ email: string }>(token, keys, { audience: 'dozen' });
        return { id: payload.sub ?? '', email: payload.email };
      } catch (error) {
        throw new UnauthorizedException('the token is not good', { cause: error });
      }
    }
  }

  return { controllers: [GatewayController], entities: [ShownOrder, TimelineRow] };
}
