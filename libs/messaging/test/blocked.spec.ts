import { newId } from '@dozen/kernel';
import { collectMeters, eventually } from '@dozen/testing';
import { observeBlocked } from '../src/index.js';
import { contractOn, messagingHarness, topicNamed, writing } from './harness.js';
import { keyIn, recordOf, sendTo } from './support/records.js';

const topic = topicNamed('blocked', 'event', 2);
const Noted = contractOn(topic, 'Blocked');
/** As an SDK does that is started before the application. */
const meters = collectMeters();
let h: Awaited<ReturnType<typeof messagingHarness>>;

beforeAll(async () => {
  h = await messagingHarness([topic]);
});

afterAll(async () => {
  await meters.stop();
  await h.close();
});

describe('a partition that repeats an error', () => {
  it('is told of with its error while the others go on, is no reason to be unready, and is no more when it moves', async () => {
    const consumer = `blocked-${newId()}`;
    let held = true;
    const inbox = h.consume(consumer, [
      writing(Noted, consumer, ({ say }) => {
        if (held && say === 'wait')
          throw Object.assign(new Error('lock timeout'), { code: '55P03', severity: 'ERROR' });
      }),
    ]);
    const stop = observeBlocked({ consumer: inbox, onError: () => undefined });
    const series = async () =>
      (await meters.collect()).filter(
        ({ name, attributes: { 'error.type': error } }) => name === 'dozen.partition.blocked' && error !== undefined,
      );
    await sendTo(h.broker, [
      recordOf(Noted, { key: keyIn(0, topic), n: 1, say: 'wait' }),
      recordOf(Noted, { key: keyIn(1, topic), n: 2 }),
    ]);
    const note = expect.stringMatching(new RegExp(`^blocked: ${topic.name}/0 for \\d+ s \\(55P03\\)$`)) as string;
    await eventually(async () => {
      expect(inbox.check()).toEqual({ ok: true, note });
      expect(await h.effects(consumer)).toMatchObject([{ n: 2 }]);
    });
    const attributes = {
      'messaging.destination.name': topic.name,
      'messaging.destination.partition.id': '0',
      'error.type': '55P03',
    };
    expect(await series()).toMatchObject([{ attributes, value: expect.any(Number) as number }]);
    expect((await series())[0]?.value).toBeGreaterThan(0);
    held = false;
    await eventually(async () => expect(await h.effects(consumer)).toHaveLength(2));
    await eventually(() => {
      expect(inbox.check()).toEqual({ ok: true });
    });
    expect(await series()).toMatchObject([{ attributes, value: 0 }]);
    stop();
  });
});
