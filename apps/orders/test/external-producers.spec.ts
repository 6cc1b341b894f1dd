import { PlaceOrder } from '@dozen/contracts';
import { newId } from '@dozen/kernel';
import type { OutgoingRecord } from '@dozen/messaging';
import { recordOf } from '@dozen/service-testing';
import { order, startOrders, type TestOrders } from './support/orders.js';

let orders: TestOrders;

beforeAll(async () => {
  orders = await startOrders();
  await orders.addProduct({ sku: 'STRANGE', available: 1000 });
});

afterAll(() => orders.stop());

const command = () => order({ STRANGE: 1 });

/** The record as an external producer sends it; a header that is undefined is left out. */
function strange(record: OutgoingRecord, headers: Readonly<Record<string, string | undefined>>): OutgoingRecord {
  const all = Object.entries({ ...record.headers, ...headers });
  return { ...record, headers: Object.fromEntries(all.filter((one): one is [string, string] => one[1] !== undefined)) };
}

const headersOf = async (key: string): Promise<Record<string, string>[]> => {
  const rows: { headers: Record<string, string> }[] = await orders.dataSource.query(
    'SELECT headers FROM messaging.outbox WHERE key = $1 ORDER BY seq',
    [key],
  );
  return rows.map(({ headers }) => headers);
};

describe('PlaceOrder of another people’s program', () => {
  it('with a ce_id in capitals is handled, once: in small letters it is a repeat', async () => {
    const [placed, another] = [command(), command()];
    const record = recordOf(PlaceOrder, placed);
    const { ce_id: id = '' } = record.headers;
    await orders.send(strange(record, { ce_id: id.toUpperCase() }));
    await orders.untilPublished(placed.orderId, ['OrderPlaced']);
    const repeat = recordOf(PlaceOrder, another, id);
    // Of the same partition: once this one is a dead letter, the repeat has been looked at.
    await orders.send(repeat, { ...repeat, headers: {} });
    await orders.untilDeadLetter(another.orderId);
    expect(await orders.published(another.orderId)).toEqual([]);
  });

  it('with the order id in capitals in key, subject and body is placed under it in small letters', async () => {
    const placed = command();
    await orders.send(recordOf(PlaceOrder, { ...placed, orderId: placed.orderId.toUpperCase() }));
    const [event] = await orders.untilPublished(placed.orderId, ['OrderPlaced']);
    expect(event?.payload).toMatchObject({ orderId: placed.orderId });
    expect(await headersOf(placed.orderId)).toMatchObject([{ ce_subject: placed.orderId }]);
  });

  it.each([
    ['NUL in its correlation id', { correlationid: 'a\0b' }],
    ['a correlation id of 10 kB', { correlationid: 'c'.repeat(10_000) }],
    ['a trace that is none', { traceparent: '\0'.repeat(100) }],
  ])('with %s is placed, and hands nothing of it on', async (_what, headers) => {
    const placed = command();
    const record = strange(recordOf(PlaceOrder, placed), headers);
    await orders.send(record);
    await orders.untilPublished(placed.orderId, ['OrderPlaced']);
    const id = record.headers['ce_id'];
    expect(await headersOf(placed.orderId)).toMatchObject([
      {
        correlationid: id,
        causationid: id,
        traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/) as string,
      },
    ]);
  });

  it('without ce_time, which is optional, is placed', async () => {
    const placed = command();
    await orders.send(strange(recordOf(PlaceOrder, placed), { ce_time: undefined }));
    await orders.untilPublished(placed.orderId, ['OrderPlaced']);
  });

  it.each([
    ['NUL in its source', { ce_source: '/a\0b' }, 'MSG-HEADERS'],
    ['a time that there is none of', { ce_time: '2026-02-30T00:00:00Z' }, 'MSG-HEADERS'],
    ['CloudEvents in structured mode', { 'content-type': 'application/cloudevents+json' }, 'MSG-HEADERS'],
    ['the subject of another order', { ce_subject: newId() }, 'MSG-KEY'],
  ])('with %s is a dead letter, and no order', async (_what, headers, code) => {
    const placed = command();
    await orders.send(strange(recordOf(PlaceOrder, placed), headers));
    expect(await orders.untilDeadLetter(placed.orderId)).toMatchObject({ code, state: 'dead', blockedKey: null });
    expect(await orders.published(placed.orderId)).toEqual([]);
  });
});
