import { randomUUID } from 'node:crypto';
import 'reflect-metadata';
import { OutboxWriter } from '@dozen/messaging';
import { Controller, Inject, Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, type MicroserviceOptions, Payload, Transport } from '@nestjs/microservices';
import { DataSource, type EntityManager } from 'typeorm';
import type { ConsumerInput } from './consumer-input.js';
import { Account } from './account.js';
import { bookedMessage } from './booked-message.js';
import { book, type Credit, update } from './credit.js';

type Handle = (database: DataSource, credit: Credit) => Promise<unknown>;

/**
 * Yardstick (c): Nest's own Kafka transport and TypeORM, both at their defaults, one transaction per message as their
 * manuals show it. No claims: it does less than the inbox does. `concurrency` is kafkajs' own option (c4).
 */
export function stockNest(input: ConsumerInput): Promise<() => Promise<void>> {
  const outbox = new OutboxWriter({ source: '/dozen/bench', wake: () => undefined });
  const bookAndPublish = async (manager: EntityManager, credit: Credit): Promise<void> => {
    await book(manager, credit);
    const { text, values } = outbox.statementOf([bookedMessage(credit)]);
    await manager.query(text, [...values]);
  };
  return startStock(input, (database, credit) => database.transaction((manager) => bookAndPublish(manager, credit)));
}

/** The same with a handler that is one UPDATE, which is its own transaction. */
export function stockNestUpdate(input: ConsumerInput): Promise<() => Promise<void>> {
  return startStock(input, (database, credit) => update(database.manager, credit));
}

async function startStock(input: ConsumerInput, handle: Handle): Promise<() => Promise<void>> {
  const { databaseUrl, kafkaUrl, topic, concurrency } = input;
  const dataSource = new DataSource({ type: 'postgres', url: databaseUrl, entities: [Account] });
  await dataSource.initialize();
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(
    stockModule({ topic: topic.name, dataSource, handle }),
    {
      logger: ['error'],
      transport: Transport.KAFKA,
      options: {
        client: { brokers: [new URL(kafkaUrl).host] },
        consumer: { groupId: `bench-${randomUUID()}` },
        subscribe: { fromBeginning: true },
        ...(concurrency === undefined ? {} : { run: { partitionsConsumedConcurrently: concurrency } }),
      },
    },
  );
  await app.listen();
  return async () => {
    await app.close();
    await dataSource.destroy();
  };
}

function stockModule(parts: { topic: string; dataSource: DataSource; handle: Handle }): DynamicModule {
  const { topic, dataSource, handle } = parts;

  @Controller()
  class CreditController {
    constructor(@Inject(DataSource) private readonly database: DataSource) {}

    @EventPattern(topic)
    async credit(@Payload() data: object): Promise<void> {
      await handle(this.database, data as Credit);
    }
  }

  @Module({})
  class StockModule {}

  return {
    module: StockModule,
    controllers: [CreditController],
    providers: [{ provide: DataSource, useValue: dataSource }],
  };
}
