import { realTree, written } from '../../test/support/real-tree.js';
import serviceGenerator from './generator.js';

const MANIFEST = 'tools/manifest/src/services.json';

describe('a generated service', () => {
  it('has its entry in the manifest, its topic, its event and its place in the lock file', async () => {
    const tree = realTree();
    const before = JSON.parse(written(tree, MANIFEST)) as object;
    await serviceGenerator(tree, { name: 'lanterns' });
    const manifest = JSON.parse(written(tree, MANIFEST)) as Record<string, unknown>;
    expect(Object.keys(manifest)).toEqual([...Object.keys(before), 'lanterns']);
    expect(manifest).toMatchObject(before);
    expect(manifest['lanterns']).toMatchObject({
      processTypes: ['web', 'consumer', 'relay', 'jobs'],
      table: 'lanterns',
    });
    expect(written(tree, 'libs/contracts/src/topics.ts')).toMatch(
      /const lanternsEvents = eventTopic\('lanterns.events'\);\n\nexport const topics[^;]* {2}lanternsEvents,\n\];/,
    );
    expect(written(tree, 'libs/contracts/src/index.ts')).toContain("export * from './lanterns/events.js';");
    expect(written(tree, 'libs/contracts/src/lanterns/events.ts')).toContain(
      'export const LanternOpened = defineMessage',
    );
    const { packages } = JSON.parse(written(tree, 'package-lock.json')) as { packages: Record<string, object> };
    const { name, version, dependencies } = JSON.parse(written(tree, 'apps/lanterns/package.json')) as Record<
      string,
      unknown
    >;
    expect(packages['apps/lanterns']).toMatchObject({ name, version, dependencies });
    expect(packages['node_modules/@dozen/lanterns']).toEqual({ resolved: 'apps/lanterns', link: true });
  });

  it('keeps all that npm has written of other packages', async () => {
    const tree = realTree();
    const before = written(tree, 'package-lock.json').split('\n');
    await serviceGenerator(tree, { name: 'lanterns' });
    const after = written(tree, 'package-lock.json').split('\n');
    const added = new Set(after).size - new Set(before).size;
    expect(before.filter((line) => !after.includes(line))).toEqual([]);
    expect(added).toBeLessThan(10);
  });

  it('is named throughout after what it keeps, and leaves no placeholder', async () => {
    const tree = realTree();
    await serviceGenerator(tree, { name: 'lighting', aggregate: 'delivery', errors: 'SHP' });
    const files = tree.listChanges().filter(({ path }) => path.startsWith('apps/lighting/'));
    expect(files.map(({ path }) => path)).toContain('apps/lighting/src/adapters/postgres/postgres-deliveries.ts');
    const texts = files.map(({ content }) => String(content));
    expect(texts.filter((text) => /<%|%>|__\w+__|undefined,|lantern/i.test(text))).toEqual([]);
    expect(written(tree, 'apps/lighting/src/errors.ts')).toContain("'SHP-NOT-FOUND'");
    expect(written(tree, 'apps/lighting/src/adapters/http/deliveries.controller.ts')).toContain("'/v1/deliveries'");
  });
});

describe('a service is refused', () => {
  it.each([
    [{ name: 'Lanterns' }, 'is no name of a service'],
    [{ name: 'lan-terns' }, 'is no name of a service'],
    [{ name: 'kafka', aggregate: 'record' }, 'docker-compose.yml has a kafka already'],
    [{ name: 'lighting' }, '--aggregate=shipment'],
    [{ name: 'sales', aggregate: 'order' }, 'not the order itself'],
    [{ name: 'lanterns', errors: 'ORD' }, 'error codes of ORD are taken'],
    [{ name: 'lanterns', errors: 'par' }, 'cannot begin error codes'],
  ])('%j', async (options, why) => {
    const tree = realTree();
    await expect(serviceGenerator(tree, options)).rejects.toThrow(why);
  });

  it('whose name is that of another project', async () => {
    const tree = realTree();
    await serviceGenerator(tree, { name: 'lanterns' });
    for (const name of ['orders', 'lanterns']) {
      await expect(serviceGenerator(tree, { name, errors: 'XYZ' })).rejects.toThrow(`@dozen/${name} is there already`);
    }
  });
});
