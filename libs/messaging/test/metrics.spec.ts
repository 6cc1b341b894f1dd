import { observeDatabase } from '@dozen/database';
import { DozenError, newId } from '@dozen/kernel';
import { collectMeters, eventually, type Series } from '@dozen/testing';
import type { Relay } from '../src/index.js';
import { observeLag, outboxGauges, parkedGauges } from '../src/index.js';
import { contractOn, messagingHarness, type Note, topicNamed, writing } from './harness.js';

const events = topicNamed('measured', 'event', 1);
const Noted = contractOn(events, 'Measured');
const consumer = `metrics-${newId()}`;

/** As an SDK does that is started before the application. */
const meters = collectMeters();
let h: Awaited<ReturnType<typeof messagingHarness>>;
let relay: Relay;
const errors: unknown[] = [];

beforeAll(async () => {
  h = await messagingHarness([events]);
  relay = h.relay;
  observeDatabase(h.dataSource, [outboxGauges, parkedGauges], {
    ready: () => true,
    onError: (error) => errors.push(error),
  });
  observeLag({ broker: h.broker, group: consumer, topics: [events.name], onError: (error) => errors.push(error) });
});

afterAll(async () => {
  await meters.stop();
  await h.close();
});

const publish = (...notes: Note[]) =>
  h.units.run((unit) => {
    for (const note of notes) unit.publish(Noted, note);
    return Promise.resolve();
  });

/** The sum of a metric's series with these attributes; undefined when there is none. */
async function value(name: string, attributes: Series['attributes'] = {}): Promise<number | undefined> {
  const series = (await meters.collect()).filter(
    (one) => one.name === name && Object.entries(attributes).every(([key, wanted]) => one.attributes[key] === wanted),
  );
  return series.length === 0 ? undefined : series.reduce((sum, one) => sum + one.value, 0);
}

describe('the metrics of messaging', () => {
  it('tell how long the oldest row waits for a relay, and how many do', async () => {
    expect(await value('dozen.outbox.age')).toBe(0);
    await publish({ key: 'a', n: 1 }, { key: 'a', n: 2 }, { key: 'b', n: 1, say: 'fail' }, { key: 'b', n: 2 });
    await h.dataSource.query(`UPDATE messaging.outbox SET created_at = now() - interval '90 seconds' WHERE key = 'a'`);
    expect(await value('dozen.outbox.age')).toBeCloseTo(90, -1);
    // The server counts when a session is idle for a while.
    await eventually(async () => expect(await value('dozen.outbox.depth')).toBe(4), {
      timeoutMs: 20_000,
      everyMs: 500,
    });
    relay.start();
    await eventually(async () => expect(await value('dozen.outbox.age')).toBe(0));
    expect(await value('messaging.client.sent.messages', { 'messaging.destination.name': events.name })).toBe(4);
    expect(await value('dozen.relay.batch.size')).toBeGreaterThan(0);
    expect(await value('messaging.client.operation.duration', { 'messaging.operation.name': 'send' })).toBeGreaterThan(
      0,
    );
  });

  it('tell what the group has not committed, and what became of each message', async () => {
    expect(await value('dozen.consumer.lag', { 'messaging.destination.partition.id': '0' })).toBe(4);
    const failing = writing(Noted, consumer, ({ say }) => {
      if (say === 'fail') throw new DozenError('TEST-FAILED', 'order 4711', { permanent: true });
    });
    h.consume(consumer, [failing]);
    await eventually(async () => expect(await value('dozen.consumer.lag')).toBe(0));
    const outcome = (name: string) => value('messaging.client.consumed.messages', { 'dozen.outcome': name });
    expect(await outcome('handled')).toBe(2);
    expect(await outcome('dead_letter')).toBe(1);
    expect(await outcome('waiting')).toBe(1);
    expect(await value('dozen.parked.messages', { 'dozen.parked.state': 'dead' })).toBe(1);
    expect(await value('dozen.parked.messages', { 'dozen.parked.state': 'waiting' })).toBe(1);
    expect(await value('dozen.parked.messages', { 'dozen.parked.state': 'retrying' })).toBe(0);
    const runs = { 'dozen.message.type': Noted.type, 'messaging.destination.name': events.name };
    expect(await value('messaging.process.duration', { ...runs, 'error.type': 'TEST-FAILED' })).toBe(1);
    expect(await value('messaging.process.duration', { ...runs, 'error.type': undefined })).toBeGreaterThanOrEqual(2);
    expect(
      await value('messaging.client.operation.duration', { 'messaging.operation.name': 'commit' }),
    ).toBeGreaterThan(0);
    expect(errors).toEqual([]);
  });
});
