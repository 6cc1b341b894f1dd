import 'reflect-metadata';
import type { UnitOfWork } from '@dozen/database';
import { DozenError, type MessageContract, newId } from '@dozen/kernel';
import { Controller, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import { z } from 'zod';
import { collectHandlers } from './kafka-inbox-server.js';
import type { BatchMessage } from '../inbox/handle/handlers.js';
import { Handles, HandlesBatch } from './handles.js';

const thrown = new DozenError('TST-NO', 'no');
const topic = { name: 't', kind: 'event', partitions: 1, retentionMs: 1, cleanup: 'delete' } as const;
const contractOf = (name: string): MessageContract<{ id: string }> => ({
  name,
  version: 1,
  type: `dozen.${name}.v1`,
  kind: 'event',
  topic,
  schema: z.object({ id: z.string() }),
  key: (payload) => payload.id,
});
const Good = contractOf('Good');
const Bad = contractOf('Bad');
const Many = contractOf('Many');

@Injectable()
class Journal {
  readonly calls: unknown[][] = [];
}

@Controller()
class Handlers {
  constructor(private readonly journal: Journal) {}

  @Handles(Good, { locks: (event) => [event.id], retryDelaysMs: [5] })
  async good(event: { id: string }, unit: UnitOfWork): Promise<void> {
    await Promise.resolve();
    this.journal.calls.push([event, unit]);
  }

  @Handles(Bad)
  bad(_event: { id: string }, _unit: UnitOfWork): Promise<void> {
    return Promise.reject(thrown);
  }

  @HandlesBatch(Many)
  async many(messages: readonly BatchMessage<{ id: string }>[]): Promise<void> {
    await Promise.resolve();
    this.journal.calls.push([messages]);
  }
}

@Module({ controllers: [Handlers], providers: [Journal] })
class TestModule {}

class Capturing extends Server implements CustomTransportStrategy {
  listen(callback: () => void): void {
    callback();
  }
  close(): void {
    this.messageHandlers.clear();
  }
  on(): never {
    throw new Error('none');
  }
  unwrap<T = Capturing>(): T {
    return this as unknown as T;
  }
}

describe('@Handles', () => {
  const server = new Capturing();
  const unit = { id: newId() } as unknown as UnitOfWork;
  let journal: Journal;
  let close: () => Promise<void>;

  beforeAll(async () => {
    const app = await NestFactory.createMicroservice(TestModule, { strategy: server, logger: false });
    await app.listen();
    journal = app.get(Journal);
    close = () => app.close();
  });

  afterAll(() => close());

  it('passes payload and unit through Nest, to a method with its dependencies', async () => {
    const handler = collectHandlers(server).get(Good.type);
    await handler?.handle({ id: 'a' }, unit);
    expect(journal.calls).toEqual([[{ id: 'a' }, unit]]);
    expect(journal.calls[0]?.[1]).toBe(unit);
  });

  it('keeps the contract, the declared locks and the pauses', () => {
    const handler = collectHandlers(server).get(Good.type);
    expect(handler?.contract).toBe(Good);
    expect(handler?.locks?.({ id: 'a' })).toEqual(['a']);
    expect(handler?.retryDelaysMs).toEqual([5]);
  });

  it('lets the very error out that the method threw', async () => {
    const handler = collectHandlers(server).get(Bad.type);
    await expect(handler?.handle({ id: 'a' }, unit)).rejects.toBe(thrown);
  });
});

describe('@HandlesBatch', () => {
  it('passes all messages of a call to the method, and one alone as a call of one', async () => {
    const server = new Capturing();
    const app = await NestFactory.createMicroservice(TestModule, { strategy: server, logger: false });
    await app.listen();
    const unit = { id: newId() } as unknown as UnitOfWork;
    const handler = collectHandlers(server).get(Many.type);
    const messages = [
      { payload: { id: 'a' }, unit },
      { payload: { id: 'b' }, unit },
    ];
    await handler?.handleBatch?.(messages);
    await handler?.handle({ id: 'c' }, unit);
    expect(app.get(Journal).calls).toEqual([[messages], [[{ payload: { id: 'c' }, unit }]]]);
    expect(collectHandlers(server).get(Good.type)?.handleBatch).toBeUndefined();
    await app.close();
  });
});
