import { realTree, written } from '../../test/support/real-tree.js';
import adminCommandGenerator from './generator.js';

describe('a generated command', () => {
  it.each([
    ['gateway', 'commands: [projectionRebuild, rowsCountCommand]', 'FROM timeline'],
    ['orders', 'commands: [...catalogueCommands, rowsCountCommand]', 'FROM orders'],
  ])('is one of %s', async (service, commands, table) => {
    const tree = realTree();
    await adminCommandGenerator(tree, { service, name: 'rows count' });
    expect(written(tree, `apps/${service}/src/service.ts`)).toContain(commands);
    expect(written(tree, `apps/${service}/src/adapters/admin/rows-count.ts`)).toContain(table);
    expect(written(tree, `apps/${service}/src/adapters/admin/rows-count.spec.ts`)).toContain("toContain('rows count')");
    await expect(adminCommandGenerator(tree, { service, name: 'rows count' })).rejects.toThrow('rows-count');
  });

  it.each([
    ['outbox flush', 'every service has a command outbox'],
    ['Rows', 'is no name of a command'],
    ['a b c', 'is no name of a command'],
  ])('is refused: %s', async (name, why) => {
    await expect(adminCommandGenerator(realTree(), { service: 'orders', name })).rejects.toThrow(why);
  });
});
