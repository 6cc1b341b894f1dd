import { asyncApiFaults } from './asyncapi-faults.js';
import { asyncApi } from './asyncapi.js';
import type { Message } from './read.js';

const topic = { name: 'orders.events', kind: 'event', partitions: 8, retentionMs: 1000, cleanup: 'delete' } as const;
const message: Message = {
  type: 'dozen.Placed.v1',
  name: 'Placed',
  version: 1,
  topic: 'orders.events',
  schema: { type: 'object', properties: { id: { type: 'string', format: 'uuid' } }, required: ['id'] },
  consumers: ['billing', 'gateway'],
  announced: false,
  replacedBy: undefined,
};
const faultsWith = (change: Partial<Message>): Promise<string[]> =>
  asyncApiFaults(asyncApi({ topics: [topic], messages: [{ ...message, ...change }] }));

describe('the AsyncAPI document', () => {
  it('is one by AsyncAPI’s own parser', async () => {
    expect(await faultsWith({})).toEqual([]);
  });

  it('would not be with a schema that is none', async () => {
    expect(await faultsWith({ schema: { type: 'text' } })).toContainEqual(
      expect.stringMatching(/^docs\/asyncapi\.json: components\.messages\.dozen\.Placed\.v1\.payload/),
    );
  });

  it('would not be with a message that is in no channel', async () => {
    const document = asyncApi({ topics: [topic], messages: [message] }) as { channels: Record<string, object> };
    const torn = {
      ...document,
      channels: { 'orders.events': { ...document.channels['orders.events'], messages: {} } },
    };
    expect(await asyncApiFaults(torn)).toContainEqual(expect.stringContaining('operations.billing.orders.events'));
  });
});
