import { realTree, written } from '../../test/support/real-tree.js';
import eventGenerator from './generator.js';

describe('a generated event', () => {
  it('is beside the others of its service, on its topic', async () => {
    const tree = realTree();
    await eventGenerator(tree, { service: 'billing', name: 'InvoiceSettled', about: 'Nothing is owed any more.' });
    expect(written(tree, 'libs/contracts/src/billing/events.ts')).toMatch(
      /\/\*\* Nothing is owed any more. \*\/\nexport const InvoiceSettled = defineMessage\(\{\n {2}name: 'InvoiceSettled',\n {2}version: 1,\n {2}topic: billingEvents/,
    );
    expect(tree.listChanges().map(({ path }) => path)).not.toContain('libs/contracts/src/gateway/events.ts');
  });

  it('is the first of a service that has none: with a topic that `migrate` makes', async () => {
    const tree = realTree();
    await eventGenerator(tree, { service: 'gateway', name: 'OrderArchived' });
    expect(written(tree, 'libs/contracts/src/topics.ts')).toContain("gatewayEvents = eventTopic('gateway.events')");
    expect(written(tree, 'libs/contracts/src/index.ts')).toContain("'./gateway/events.js'");
    expect(written(tree, 'apps/gateway/src/service.ts')).toContain('topics: [ordersCommands, gatewayEvents]');
  });

  it.each([
    [{ service: 'lanterns', name: 'ParcelShipped' }, 'there is no service "lanterns"; there are gateway, '],
    [{ service: 'billing', name: 'settled' }, 'is no name of an event'],
    [{ service: 'billing', name: 'OrderPlaced' }, 'dozen.OrderPlaced.v1 is there already'],
  ])('is refused: %j', async (options, why) => {
    await expect(eventGenerator(realTree(), options)).rejects.toThrow(why);
  });
});
