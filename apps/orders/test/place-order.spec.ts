import { PlaceOrder } from '@dozen/contracts';
import { recordOf } from '@dozen/service-testing';
import { eventually } from '@dozen/testing';
import { order, startOrders, type TestOrders } from './support/orders.js';

let orders: TestOrders;

beforeAll(async () => {
  orders = await startOrders();
});

afterAll(() => orders.stop());

describe('PlaceOrder', () => {
  it('is priced from the catalogue, reserved, and published with all that billing needs', async () => {
    await orders.addProduct({ sku: 'PRICED-1', available: 10, amount: 1890 });
    await orders.addProduct({ sku: 'PRICED-2', available: 10, amount: 590 });
    const command = order({ 'PRICED-1': 2, 'PRICED-2': 3 }, { paymentToken: 'tok_secret_4711' });
    await orders.send(recordOf(PlaceOrder, command));

    const [placed] = await orders.untilPublished(command.orderId, ['OrderPlaced']);
    expect(placed).toEqual({
      type: 'dozen.OrderPlaced.v1',
      topic: 'orders.events',
      payload: {
        orderId: command.orderId,
        aggregateVersion: 1,
        customer: command.customer,
        items: [
          { sku: 'PRICED-1', name: 'Name of PRICED-1', quantity: 2, unitPrice: { amount: 1890, currency: 'EUR' } },
          { sku: 'PRICED-2', name: 'Name of PRICED-2', quantity: 3, unitPrice: { amount: 590, currency: 'EUR' } },
        ],
        total: { amount: 5550, currency: 'EUR' },
        paymentToken: 'tok_secret_4711',
      },
    });
    expect(await orders.stock('PRICED-1')).toEqual({ available: 8, reserved: 2, sold: 0 });
    expect(await orders.stock('PRICED-2')).toEqual({ available: 7, reserved: 3, sold: 0 });
    const rows: unknown[] = await orders.dataSource.query('SELECT * FROM orders WHERE id = $1', [command.orderId]);
    expect(rows).toEqual([expect.objectContaining({ status: 'placed', version: 1, total_amount: '5550' })]);
    expect(JSON.stringify(rows)).not.toContain('tok_secret_4711');
  });

  it('with unknown SKUs is stored as rejected, with the reason, and reserves nothing', async () => {
    await orders.addProduct({ sku: 'KNOWN', available: 10 });
    const command = order({ 'NO-SUCH': 1, KNOWN: 1, 'NOR-THIS': 2 });
    await orders.send(recordOf(PlaceOrder, command));

    const [rejected] = await orders.untilPublished(command.orderId, ['OrderRejected']);
    expect(rejected?.payload).toEqual({
      orderId: command.orderId,
      aggregateVersion: 1,
      customer: command.customer,
      items: command.items,
      reason: 'ORD-UNKNOWN-SKU',
      detail: 'Not in the catalogue: NO-SUCH, NOR-THIS',
    });
    expect(await orders.stock('KNOWN')).toEqual({ available: 10, reserved: 0, sold: 0 });
    const rows: unknown[] = await orders.dataSource.query('SELECT * FROM orders WHERE id = $1', [command.orderId]);
    expect(rows).toEqual([expect.objectContaining({ status: 'rejected', total_amount: null })]);
  });

  it('without enough stock of one line is rejected, and keeps none of the other', async () => {
    await orders.addProduct({ sku: 'ENOUGH', available: 10 });
    await orders.addProduct({ sku: 'TOO-FEW', available: 2 });
    const command = order({ ENOUGH: 1, 'TOO-FEW': 3 });
    await orders.send(recordOf(PlaceOrder, command));

    const [rejected] = await orders.untilPublished(command.orderId, ['OrderRejected']);
    expect(rejected?.payload).toMatchObject({
      aggregateVersion: 1,
      reason: 'ORD-OUT-OF-STOCK',
      detail: 'Not enough in stock: TOO-FEW',
    });
    expect(await orders.stock('ENOUGH')).toEqual({ available: 10, reserved: 0, sold: 0 });
    expect(await orders.stock('TOO-FEW')).toEqual({ available: 2, reserved: 0, sold: 0 });
  });

  it('has one effect when it is delivered twice, and when it is sent twice', async () => {
    await orders.addProduct({ sku: 'ONCE', available: 10 });
    const command = order({ ONCE: 1 });
    const delivered = recordOf(PlaceOrder, command);
    await orders.send(delivered, delivered);
    await orders.untilPublished(command.orderId, ['OrderPlaced']);
    await orders.send(delivered, recordOf(PlaceOrder, command));
    // A refused command of the same key comes after them on their partition: once it is parked, they are handled.
    await orders.send(recordOf(PlaceOrder, { ...command, paymentToken: 'tok_other' }));
    await orders.untilDeadLetter(command.orderId);

    expect(await orders.published(command.orderId)).toHaveLength(1);
    expect(await orders.deadLetters(command.orderId)).toHaveLength(1);
    expect(await orders.stock('ONCE')).toEqual({ available: 9, reserved: 1, sold: 0 });
  });

  it('of an order that exists with other content is parked alone; that order and others go on', async () => {
    await orders.addProduct({ sku: 'TAKEN', available: 10 });
    const command = order({ TAKEN: 1 });
    const other = order({ TAKEN: 1 });
    await orders.send(recordOf(PlaceOrder, command));
    await orders.untilPublished(command.orderId, ['OrderPlaced']);
    await orders.send(
      recordOf(PlaceOrder, { ...command, items: [{ sku: 'TAKEN', quantity: 5 }] }),
      recordOf(PlaceOrder, other),
      recordOf(PlaceOrder, command),
    );

    const letter = await orders.untilDeadLetter(command.orderId);
    expect(letter).toMatchObject({ code: 'ORD-DUPLICATE', blockedKey: null, type: 'dozen.PlaceOrder.v1' });
    await orders.untilPublished(other.orderId, ['OrderPlaced']);
    expect(await orders.published(command.orderId)).toHaveLength(1);
    expect(await orders.stock('TAKEN')).toEqual({ available: 8, reserved: 2, sold: 0 });
  });

  it('with prices in two currencies is rejected: nobody could pay it', async () => {
    await orders.addProduct({ sku: 'IN-EURO', available: 10 });
    await orders.addProduct({ sku: 'IN-DOLLAR', available: 10, currency: 'USD' });
    const command = order({ 'IN-EURO': 1, 'IN-DOLLAR': 1 });
    await orders.send(recordOf(PlaceOrder, command));
    const [rejected] = await orders.untilPublished(command.orderId, ['OrderRejected']);
    expect(rejected?.payload).toMatchObject({
      reason: 'ORD-UNKNOWN-SKU',
      detail: 'Not in the catalogue at a price in EUR: IN-DOLLAR',
    });
    expect(await orders.stock('IN-EURO')).toEqual({ available: 10, reserved: 0, sold: 0 });
  });

  it('of a product that costs more than can be added up is rejected', async () => {
    await orders.addProduct({ sku: 'PRICELESS', available: 10 });
    const priceOfAnEarlierRelease = 'UPDATE product SET price_amount = $1 WHERE sku = $2';
    await orders.dataSource.query(priceOfAnEarlierRelease, [Number.MAX_SAFE_INTEGER, 'PRICELESS']);
    const command = order({ PRICELESS: 2 });
    await orders.send(recordOf(PlaceOrder, command));
    const [rejected] = await orders.untilPublished(command.orderId, ['OrderRejected']);
    expect(rejected?.payload).toMatchObject({ reason: 'ORD-UNKNOWN-SKU' });
    expect(await orders.stock('PRICELESS')).toEqual({ available: 10, reserved: 0, sold: 0 });
  });

  it('competes fairly for the last units: as many orders as there are units, and no more', async () => {
    await orders.addProduct({ sku: 'RARE', available: 3 });
    await orders.addProduct({ sku: 'PLENTY', available: 100 });
    const commands = Array.from({ length: 12 }, () => order({ RARE: 1, PLENTY: 1 }));
    await orders.send(...commands.map((command) => recordOf(PlaceOrder, command)));
    const outcomes = await Promise.all(commands.map(({ orderId }) => untilAnswered(orderId)));
    expect(outcomes.filter((type) => type === 'dozen.OrderPlaced.v1')).toHaveLength(3);
    expect(outcomes.filter((type) => type === 'dozen.OrderRejected.v1')).toHaveLength(9);
    expect(await orders.stock('RARE')).toEqual({ available: 0, reserved: 3, sold: 0 });
    expect(await orders.stock('PLENTY')).toEqual({ available: 97, reserved: 3, sold: 0 });
  });
});

async function untilAnswered(orderId: string): Promise<string> {
  return eventually(async () => {
    const [event] = await orders.published(orderId);
    if (event === undefined) throw new Error(`order ${orderId} has no answer yet`);
    return event.type;
  });
}
