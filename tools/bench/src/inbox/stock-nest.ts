import { randomUUID } from 'node:crypto';
import 'reflect-metadata';
import { OutboxWriter } from '@dozen/messaging';
import { Controller, Inject, Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, type MicroserviceOptions, Payload, Transport } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import type { ConsumerInput } from './consumer-input.js';
import { Account } from './account.js';
import { bookedMessage } from './booked-message.js';
import { book, type Credit } from './credit.js';

/**
 * Yardstick (c): Nest's own Kafka transport and TypeORM, both at their defaults, one transaction per message as their
 * manuals show it. No claims: it does less than the inbox does. `concurrency` is kafkajs' own option (c4).
 */
export async function stockNest(input: ConsumerInput): Promise<() => Promise<void>> {
  const { databaseUrl, kafkaUrl, topic, concurrency } = input;
  const dataSource = new DataSource({ type: 'postgres', url: databaseUrl, entities: [Account] });
  await dataSource.initialize();
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(stockModule(topic.name, dataSource), {
    logger: ['error'],
    transport: Transport.KAFKA,
    options: {
      client: { brokers: [new URL(kafkaUrl).host] },
      consumer: { groupId: `bench-${randomUUID()}` },
      subscribe: { fromBeginning: true },
      ...(concurrency === undefined ? {} : { run: { partitionsConsumedConcurrently: concurrency } }),
    },
  });
  await app.listen();
  return async () => {
    await app.close();
    await dataSource.destroy();
  };
}

function stockModule(topic: string, dataSource: DataSource): DynamicModule {
  const outbox = new OutboxWriter({ source: '/dozen/bench', wake: () => undefined });

  @Controller()
  class CreditController {
    constructor(@Inject(DataSource) private readonly database: DataSource) {}

    @EventPattern(topic)
    async credit(@Payload() data: object): Promise<void> {
      const credit = data as Credit;
      await this.database.transaction(async (manager) => {
        await book(manager, credit);
        await outbox.write(manager, [bookedMessage(credit)]);
      });
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
