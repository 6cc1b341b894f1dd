import type { Contracts, Message } from './read.js';
import { breaks } from './released.js';

const schema = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] } as const;
const message: Message = {
  type: 'dozen.Placed.v1',
  name: 'Placed',
  version: 1,
  topic: 'orders.events',
  schema,
  consumers: ['billing', 'gateway'],
  announced: false,
  replacedBy: undefined,
};
const second: Message = { ...message, type: 'dozen.Placed.v2', version: 2 };
const contracts = (...messages: Message[]): Contracts => ({ topics: [], messages });
const released = { 'dozen.Placed.v1': { topic: 'orders.events', schema } };

describe('the next deploy', () => {
  it('breaks nothing that is as it was, nor by a type that is new', () => {
    expect(breaks(contracts(message, { ...message, type: 'dozen.Shipped.v1', name: 'Shipped' }), released)).toEqual([]);
  });

  it('does not write a version that the last release does not read: it announces it first', () => {
    const first = { ...message, replacedBy: second.type };
    expect(breaks(contracts(first, second), released)).toEqual([
      'dozen.Placed.v2: billing, gateway of the last release do not read it yet: announce it, and write it a release later',
    ]);
    expect(breaks(contracts(first, { ...second, announced: true }), released)).toEqual([]);
    const oneLater = { ...released, 'dozen.Placed.v2': { topic: 'orders.events', schema } };
    expect(breaks(contracts(first, second), oneLater)).toEqual([]);
  });

  it('names the consumers that it would break, old and new', () => {
    const looser = { ...schema, required: [] };
    expect(breaks(contracts({ ...message, schema: looser }), released)).toEqual([
      'dozen.Placed.v1: billing, gateway of the last release would refuse it: the payload may lack id',
    ]);
    const stricter = { ...schema, required: ['id', 'total'] };
    expect(breaks(contracts({ ...message, schema: stricter }), released)).toEqual([
      'dozen.Placed.v1: billing, gateway would refuse what the last release wrote: the payload may lack total',
    ]);
  });

  it('may be a change that was accepted with a reason, as long as it is one', () => {
    const stricter = contracts({ ...message, schema: { ...schema, required: ['id', 'total'] } });
    const accepted = [{ why: 'the payload may lack total', because: 'nobody ever wrote one without' }];
    expect(breaks(stricter, released, accepted)).toEqual([]);
    expect(breaks(contracts(message), released, accepted)).toEqual([
      'accepted, and no change of today: the payload may lack total',
    ]);
    expect(breaks(stricter, released, [{ why: 'the payload may lack id', because: 'no' }])).toHaveLength(2);
  });

  it('does not drop or move what is still in the topics', () => {
    expect(breaks(contracts(), released)).toEqual([expect.stringContaining('dozen.Placed.v1 is gone')]);
    expect(breaks(contracts({ ...message, topic: 'elsewhere' }), released)).toEqual([
      'dozen.Placed.v1 has moved from orders.events to elsewhere',
    ]);
  });
});
