import type { Type } from '@nestjs/common';
import type { ClientKafka } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';

/** In the order in which they start. The yardstick stays as it is when Dozen gets another service. */
export const STOCK_SERVICES = ['orders', 'billing', 'notifier', 'gateway'] as const;

/** What a service of the yardstick is started with. */
export interface StockInput {
  readonly service: (typeof STOCK_SERVICES)[number];
  readonly port: number;
  readonly databaseUrl: string;
  readonly kafkaUrl: string;
  readonly identityUrl: string;
  readonly providerUrl: string;
  readonly providerKey: string;
  readonly smtpUrl: string;
}

/** The topics of the real system under names of their own; the parent makes them, with as many partitions. */
export const STOCK_TOPICS = {
  commands: 'stock.orders.commands',
  orders: 'stock.orders.events',
  billing: 'stock.billing.events',
  notifier: 'stock.notifier.events',
} as const;

/** What a service is made of: Nest's controllers and TypeORM's entities. */
export interface StockParts {
  readonly controllers: Type[];
  readonly entities: Type[];
}

export interface Line {
  readonly sku: string;
  readonly quantity: number;
}

/** A message as its value is: the payload of the real one, and its type. */
export interface StockMessage {
  readonly type: string;
  readonly orderId: string;
  readonly [field: string]: unknown;
}

export const CLIENT = Symbol('the client of the broker');

/** As Nest's manual publishes: after the commit, and nobody does so again when it fails. */
export async function tell(client: ClientKafka, topic: string, message: StockMessage): Promise<void> {
  await lastValueFrom(client.emit(topic, { key: message.orderId, value: message }));
}
