import type { MessageContract } from '@dozen/kernel';
import { z } from 'zod';
import { everyVersion } from './read.js';

const topic = { name: 't', kind: 'event', partitions: 1, retentionMs: 1, cleanup: 'delete' } as const;
const first: MessageContract = {
  name: 'Placed',
  version: 1,
  type: 'dozen.Placed.v1',
  kind: 'event',
  topic,
  schema: z.unknown(),
  key: () => 'k',
};
const second: MessageContract = {
  ...first,
  version: 2,
  type: 'dozen.Placed.v2',
  replaces: { contract: first, upcast: (old) => old },
};

describe('the messages that are read', () => {
  it('are every version once, with the one that it becomes, whether or not it is also declared to be written', () => {
    const both = [
      { contract: second, replacedBy: undefined },
      { contract: first, replacedBy: 'dozen.Placed.v2' },
    ];
    expect(everyVersion([second])).toEqual(both);
    expect(everyVersion([second, first])).toEqual(both);
    expect(everyVersion([first])).toEqual([{ contract: first, replacedBy: undefined }]);
  });
});
