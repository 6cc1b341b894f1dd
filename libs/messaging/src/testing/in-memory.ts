import { isInfrastructureError, UnitOfWork, writeBatches } from '@dozen/database';
import { systemClock } from '@dozen/kernel';
import type { ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { EntityManager } from 'typeorm';
import type { FetchedRecord, OutgoingRecord } from '../broker/port.js';
import { toDozenError } from '../errors.js';
import { RecordReader, type Work } from '../inbox/handle/record-reader.js';
import { HandlerCollector } from '../nest/kafka-inbox-server.js';
import type { ConsumerUnderTest, Outcome, Published } from './consumer.js';
import { moduleOf } from './module.js';

export interface InMemoryOptions {
  /** What handlers find as `unit.manager`. Default: none, for handlers that reach the database through ports of their own. */
  readonly manager?: Partial<EntityManager>;
}

/**
 * The handlers of a Nest module, without Kafka and without PostgreSQL. A record is encoded bytes, and goes through the
 * decoder, the contract with its earlier versions, `locks`, and Nest, as it would in a consumer. Claims and blocked keys are kept
 * in memory. There is no transaction: what a handler did with a fake before it failed is not undone.
 */
export async function consumerInMemory(
  module: ModuleMetadata,
  { manager = noManager }: InMemoryOptions = {},
): Promise<ConsumerUnderTest> {
  const strategy = new HandlerCollector();
  const app = await NestFactory.createMicroservice(moduleOf(module), { strategy, logger: false });
  await app.listen();
  const reader = new RecordReader({ handlers: strategy.handlers, clock: systemClock });
  const claims = new Set<string>();
  const blockedKeys = new Set<string>();
  let offset = 0n;

  return {
    async handle(record): Promise<Outcome> {
      const [item] = reader.readBatch([fetched(record, offset++)]);
      if (item === undefined) return { outcome: 'ignored' };
      const { id, orderKey, work, error } = item;
      if (id !== undefined && claims.has(id)) return { outcome: 'repeated' };
      if (orderKey !== undefined && blockedKeys.has(orderKey)) {
        if (id !== undefined) claims.add(id);
        return { outcome: 'waiting' };
      }
      const outcome = work === undefined ? parked(error) : await run(work, manager);
      if (id !== undefined) claims.add(id);
      if (outcome.outcome === 'parked' && orderKey !== undefined) blockedKeys.add(orderKey);
      return outcome;
    },
    close: () => app.close(),
  };
}

async function run({ context, payload, handler }: Work, manager: Partial<EntityManager>): Promise<Outcome> {
  const { signal } = new AbortController();
  const unit = new UnitOfWork({ manager: manager as EntityManager, message: context, signal });
  try {
    await handler.handle(payload, unit);
    const published = unit.drain().map((message): Published => ({
      type: message.contract.type,
      topic: message.contract.topic.name,
      key: message.subject,
      payload: JSON.parse(JSON.stringify(message.payload)),
    }));
    await writeBatches(manager as EntityManager, unit.drainWrites());
    for (const hook of unit.drainHooks()) hook();
    return { outcome: 'handled', published };
  } catch (error) {
    if (isInfrastructureError(error)) throw error;
    return parked(error);
  }
}

function parked(error: unknown): Outcome {
  const { code, message } = toDozenError(error);
  return { outcome: 'parked', code, reason: message };
}

/** As a broker would hand it over. */
function fetched({ topic, key, value, headers }: OutgoingRecord, offset: bigint): FetchedRecord {
  const [keyBytes, valueBytes] = [Buffer.from(key), Buffer.from(value)];
  return {
    topic,
    partition: 0,
    offset: String(offset),
    timestamp: Date.now(),
    key: keyBytes,
    value: valueBytes,
    headers,
  };
}

const noManager = new Proxy<Partial<EntityManager>>(
  {},
  {
    get(_target, name) {
      throw new Error(
        `the handler uses unit.manager.${String(name)}, and there is no database: give consumerInMemory a manager, or use consumerOnServers`,
      );
    },
  },
);
