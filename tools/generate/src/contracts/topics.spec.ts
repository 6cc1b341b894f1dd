import type { Topic } from './read.js';
import { releasedTopics, topicBreaks } from './topics.js';

const topic: Topic = { name: 'orders.events', kind: 'event', partitions: 8, retentionMs: 1000, cleanup: 'delete' };
const released = releasedTopics([topic]);

describe('a topic of the last release', () => {
  it('may keep its records for another time, and have others beside it', () => {
    expect(
      topicBreaks(
        [
          { ...topic, retentionMs: 9 },
          { ...topic, name: 'more' },
        ],
        released,
      ),
    ).toEqual([]);
  });

  it.each<[string, Partial<Topic>, RegExp]>([
    ['other partitions', { partitions: 16 }, /^orders\.events has 8 partitions: with 16, keys move/],
    ['another clean-up', { cleanup: 'compact' }, /was cleaned up by delete/],
    ['the other kind of message', { kind: 'command' }, /was a topic of events/],
    ['another name', { name: 'orders.facts' }, /^orders\.events is gone/],
  ])('cannot get %s', (_name, change, sentence) => {
    expect(topicBreaks([{ ...topic, ...change }], released)).toEqual([expect.stringMatching(sentence)]);
  });
});
