import { realTree, written } from '../../test/support/real-tree.js';
import migrationGenerator from './generator.js';

describe('a generated migration', () => {
  it('runs what it is told, as the last of its service', async () => {
    const tree = realTree();
    const up = "COMMENT ON TABLE orders IS\n  'ours'";
    await migrationGenerator(tree, { service: 'orders', name: 'add-note', up });
    const service = written(tree, 'apps/orders/src/service.ts');
    const [, name = ''] = /(AddNote\d{13}),?\s*\]/.exec(service) ?? [];
    expect(service).toContain(`import { ${name} } from './adapters/postgres/migrations/add-note.js';`);
    const file = written(tree, 'apps/orders/src/adapters/postgres/migrations/add-note.ts');
    expect(file).toContain(`export class ${name} implements MigrationInterface`);
    expect(file).toContain(`"COMMENT ON TABLE orders IS 'ours'"`);
  });

  it('comes after those of the future', async () => {
    const tree = realTree();
    const file = 'apps/orders/src/service.ts';
    tree.write(file, written(tree, file).replaceAll('AddCancellation1764200000000', 'AddCancellation9900000000000'));
    await migrationGenerator(tree, { service: 'orders', name: 'add-note' });
    expect(written(tree, file)).toContain('AddNote9900000000001');
  });

  it.each([
    [{ service: 'orders', name: 'add-cancellation' }, 'has a migration AddCancellation already'],
    [{ service: 'orders', name: '1' }, 'is no name of a migration'],
  ])('is refused: %j', async (options, why) => {
    await expect(migrationGenerator(realTree(), options)).rejects.toThrow(why);
  });
});
