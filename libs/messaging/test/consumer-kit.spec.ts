import { databaseError, type UnitOfWork } from '@dozen/database';
import { DozenError, newId } from '@dozen/kernel';
import { consumerInMemory, consumerOnServers, type ConsumerUnderTest, recordOf } from '@dozen/messaging/testing';
import { createTestDatabase, testKafkaUrl } from '@dozen/testing';
import { Controller } from '@nestjs/common';
import { Handles } from '../src/index.js';
import { contractOn, type Note, topicNamed } from './harness.js';

const events = topicNamed('kit.events');
const commands = topicNamed('kit.commands', 'command');
const Noted = contractOn(events, 'KitNoted');
const DoNote = contractOn(commands, 'KitDoNote');
const Unheard = contractOn(events, 'KitUnheard');
const Said = contractOn(topicNamed('kit.answers'), 'KitSaid');

/** A message that fails says so in `say`. */
@Controller()
class Notes {
  @Handles(Noted)
  async noted(note: Note, unit: UnitOfWork): Promise<void> {
    await this.write(note, unit);
  }

  @Handles(DoNote)
  async doNote(note: Note, unit: UnitOfWork): Promise<void> {
    await this.write(note, unit);
  }

  private async write({ key, n, say }: Note, unit: UnitOfWork): Promise<void> {
    unit.publish(Said, { key, n: n + 1 });
    await unit.manager.query('SELECT 1');
    if (say !== undefined) throw new DozenError('TST-SAID', say);
  }
}

interface Kit {
  readonly name: string;
  readonly open: () => Promise<ConsumerUnderTest>;
}

const KITS: readonly Kit[] = [
  {
    name: 'without Kafka and PostgreSQL',
    open: () => consumerInMemory({ controllers: [Notes] }, { manager: { query: () => Promise.resolve([] as never) } }),
  },
  {
    name: 'on both',
    async open() {
      const database = await createTestDatabase();
      const consumer = await consumerOnServers({
        databaseUrl: database.url,
        kafkaUrl: testKafkaUrl(),
        topics: [events, commands],
        module: () => ({ controllers: [Notes] }),
      });
      const close = async (): Promise<void> => {
        await consumer.close();
        await database.drop();
      };
      return { handle: (record) => consumer.handle(record), close };
    },
  },
];

describe.each(KITS)('a consumer $name', ({ open }) => {
  let consumer: ConsumerUnderTest;

  beforeAll(async () => {
    consumer = await open();
  });

  afterAll(() => consumer.close());

  it('handles a message once and tells what it published', async () => {
    const [key, id] = [newId(), newId()];
    const answer = { type: Said.type, topic: Said.topic.name, key, payload: { key, n: 2 } };
    const noted = recordOf(Noted, { key, n: 1 }, id);
    expect(await consumer.handle(noted)).toEqual({ outcome: 'handled', published: [answer] });
    expect(await consumer.handle(noted)).toEqual({ outcome: 'repeated' });
  });

  it('parks an event that fails, and what comes after it waits', async () => {
    const [key, id] = [newId(), newId()];
    const bad = recordOf(Noted, { key, n: 1, say: 'no' }, id);
    expect(await consumer.handle(bad)).toEqual({ outcome: 'parked', code: 'TST-SAID', reason: 'no' });
    expect(await consumer.handle(recordOf(Noted, { key, n: 2 }))).toEqual({ outcome: 'waiting' });
    expect(await consumer.handle(bad)).toEqual({ outcome: 'repeated' });
    expect(await consumer.handle(recordOf(Noted, { key: newId(), n: 1 }))).toMatchObject({ outcome: 'handled' });
  });

  it('parks a bad command alone', async () => {
    const key = newId();
    const bad = recordOf(DoNote, { key, n: 1, say: 'no' });
    expect(await consumer.handle(bad)).toMatchObject({ outcome: 'parked', code: 'TST-SAID' });
    expect(await consumer.handle(recordOf(DoNote, { key, n: 2 }))).toMatchObject({ outcome: 'handled' });
  });

  it('parks what the contract refuses, and what has no id that can be claimed', async () => {
    const record = recordOf(Noted, { key: newId(), n: 1 });
    const wrong = { ...record, value: JSON.stringify({ key: record.key, n: 'one' }) };
    expect(await consumer.handle(wrong)).toMatchObject({ outcome: 'parked', code: 'MSG-SCHEMA' });
    const other = recordOf(Noted, { key: newId(), n: 1 }, 'no-uuid');
    expect(await consumer.handle(other)).toMatchObject({ outcome: 'parked', code: 'MSG-ID' });
  });

  it('ignores an event that nobody handles, and parks such a command', async () => {
    expect(await consumer.handle(recordOf(Unheard, { key: newId(), n: 1 }))).toEqual({ outcome: 'ignored' });
    const unknown = { ...recordOf(Unheard, { key: newId(), n: 1 }), topic: commands.name };
    expect(await consumer.handle(unknown)).toMatchObject({ outcome: 'parked', code: 'MSG-UNKNOWN-TYPE' });
  });
});

describe('a consumer in memory', () => {
  it('says what is missing when a handler wants a database', async () => {
    const consumer = await consumerInMemory({ controllers: [Notes] });
    const outcome = await consumer.handle(recordOf(Noted, { key: newId(), n: 1 }));
    expect(outcome).toMatchObject({ outcome: 'parked', code: 'MSG-HANDLER' });
    expect(outcome).toHaveProperty('reason', expect.stringContaining('consumerOnServers'));
    await consumer.close();
  });

  it('throws an error of the infrastructure: it is not the fault of the message, which may come again', async () => {
    const lost = databaseError('DB-CONNECTION-LOST', 'gone');
    const answers: (() => Promise<never>)[] = [() => Promise.reject(lost), () => Promise.resolve([] as never)];
    const manager = { query: () => answers.shift()?.() ?? Promise.reject(lost) };
    const consumer = await consumerInMemory({ controllers: [Notes] }, { manager });
    const noted = recordOf(Noted, { key: newId(), n: 1 });
    await expect(consumer.handle(noted)).rejects.toBe(lost);
    expect(await consumer.handle(noted)).toMatchObject({ outcome: 'handled' });
    await consumer.close();
  });
});
