import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientKafka, type KafkaOptions, type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { billingParts } from '../system/stock/billing.js';
import { gatewayParts } from '../system/stock/gateway.js';
import { notifierParts } from '../system/stock/notifier.js';
import { ordersParts } from '../system/stock/orders.js';
import { CLIENT, type StockInput } from '../system/stock/parts.js';
import { playRole } from './role.js';

const PARTS = { gateway: gatewayParts, orders: ordersParts, billing: billingParts, notifier: notifierParts };

/** One service of the yardstick: stock Nest, its Kafka transport and TypeORM, all at their defaults. */
await playRole<StockInput>(async (input, cue) => {
  const { service, databaseUrl, kafkaUrl, port } = input;
  const { controllers, entities } = PARTS[service](input);
  const options: NonNullable<KafkaOptions['options']> = {
    client: { brokers: [new URL(kafkaUrl).host], clientId: service },
    consumer: { groupId: `stock-${service}` },
    subscribe: { fromBeginning: true },
  };
  const dataSource = new DataSource({ type: 'postgres', url: databaseUrl, entities, synchronize: true });
  await dataSource.initialize();
  const client = new ClientKafka(options);
  await client.connect();

  @Module({
    controllers,
    providers: [
      { provide: DataSource, useValue: dataSource },
      { provide: CLIENT, useValue: client },
    ],
  })
  class StockModule {}

  const app = await NestFactory.create(StockModule, new FastifyAdapter(), { logger: ['error'] });
  app.connectMicroservice<MicroserviceOptions>({ transport: Transport.KAFKA, options });
  await app.startAllMicroservices();
  await app.listen(port, '127.0.0.1');
  cue.ready();
  await cue.stop;
  await app.close();
  await client.close();
  await dataSource.destroy();
  return null;
});
