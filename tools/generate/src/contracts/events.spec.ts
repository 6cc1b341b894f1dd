import { renderEvents } from './events.js';
import type { Message } from './read.js';

const topic = {
  name: 'orders.events',
  kind: 'event',
  partitions: 8,
  retentionMs: 86_400_000,
  cleanup: 'delete',
} as const;
const message: Message = {
  type: 'dozen.Placed.v1',
  name: 'Placed',
  version: 1,
  topic: 'orders.events',
  schema: {
    type: 'object',
    properties: { lines: { type: 'array', items: { type: 'object', properties: { sku: { type: 'string' } } } } },
  },
  consumers: ['billing', 'gateway'],
  announced: false,
  replacedBy: undefined,
};
const linesOf = (change: Partial<Message>): string[] =>
  renderEvents({ topics: [topic], messages: [{ ...message, ...change }] }).split('\n');

describe('the list of messages', () => {
  it('says who reads one, and what is in it, lists and all', () => {
    const lines = linesOf({});
    expect(lines).toContain('Events; 8 partitions, kept for 1 days (`delete`).');
    expect(lines).toContain('Read by billing, gateway.');
    expect(lines).toContain('| `lines[].sku` | string | optional |');
  });

  it('says how large one can become', () => {
    const schema = { type: 'object', properties: { note: { type: 'string', maxLength: 200 } } };
    expect(linesOf({ schema })).toContain('Read by billing, gateway. At most 1,212 bytes.');
  });

  it('says what is only announced, what is replaced, and what nobody reads', () => {
    expect(linesOf({ announced: true })).toContain('Read by billing, gateway. Announced: written by the next release.');
    expect(linesOf({ replacedBy: 'dozen.Placed.v2', consumers: [] })).toContain(
      'Read by nobody here. Replaced by `dozen.Placed.v2`, as which it is read.',
    );
  });
});
