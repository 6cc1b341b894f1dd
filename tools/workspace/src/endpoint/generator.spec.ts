import type { Tree } from '@nx/devkit';
import { realTree, written } from '../../test/support/real-tree.js';
import serviceGenerator from '../service/generator.js';
import endpointGenerator from './generator.js';

const CONTROLLERS = 'apps/lanterns/src/adapters/http';

async function withLanterns(): Promise<Tree> {
  const tree = realTree();
  await serviceGenerator(tree, { name: 'lanterns' });
  return tree;
}

describe('a generated endpoint', () => {
  it('is a route of its service, with its parameters checked', async () => {
    const tree = await withLanterns();
    await endpointGenerator(tree, { service: 'lanterns', path: '/v1/lanterns/:orderId/labels/:label' });
    const controller = written(tree, `${CONTROLLERS}/lanterns-labels.controller.ts`);
    expect(controller).toContain("@Controller('/v1/lanterns/:orderId/labels/:label')\n@Scopes('orders:read')");
    expect(controller).toContain("@Param('orderId', { schema: orderId }) id: string");
    expect(controller).toContain('const labelParameter = formed(/^[a-z0-9-]{1,64}$/);');
    expect(written(tree, 'apps/lanterns/src/app.module.ts')).toMatch(
      /controllers: \[\s*\/\/ HTTP in\s*LanternsLabelsController,/,
    );
    expect(written(tree, 'apps/lanterns/test/lanterns-labels.spec.ts')).toContain("'/v1/lanterns/_/labels/_'");
  });

  it('has a body, when it is a post', async () => {
    const tree = await withLanterns();
    await endpointGenerator(tree, { service: 'lanterns', path: '/v1/lantern-notes', method: 'post' });
    const controller = written(tree, `${CONTROLLERS}/lantern-notes-post.controller.ts`);
    expect(controller).toContain('@Body({ schema: body })');
    expect(controller).toContain("@Scopes('orders:write')");
  });

  it('makes its service one that takes requests', async () => {
    const tree = await withLanterns();
    const file = 'tools/manifest/src/services.json';
    tree.write(file, written(tree, file).replaceAll('"web", "consumer", "relay", "jobs"', '"consumer"'));
    await endpointGenerator(tree, { service: 'lanterns', path: '/v1/lantern-kinds' });
    expect(written(tree, file)).toContain('"lanterns": {\n    "processTypes": ["web", "consumer"]');
  });

  it('of the gateway is fuzzed', async () => {
    const tree = realTree();
    await endpointGenerator(tree, { service: 'gateway', path: '/v1/orders/:id/label' });
    expect(written(tree, 'apps/e2e/src/fuzz/http/routes.ts')).toMatch(
      /path: '\/v1\/orders\/:id\/label',\s*auth: 'required',\s*scope: 'orders:read'/,
    );
  });

  it.each([
    [{ service: 'billing', path: '/v1/invoices' }, 'billing takes no tokens'],
    [{ service: 'gateway', path: 'v1/labels' }, 'is no path'],
    [{ service: 'gateway', path: '/v1/:id' }, 'has no word'],
    [{ service: 'gateway', path: '/v1/labels/:label' }, 'the fuzz knows one parameter'],
    [{ service: 'gateway', path: '/v1/labels', method: 'post' }, 'taught to the fuzz first'],
    [{ service: 'gateway', path: '/v1/labels', scope: 'labels:read' }, 'the fuzz has tokens'],
  ] as const)('is refused: %j', async (options, why) => {
    await expect(endpointGenerator(realTree(), options)).rejects.toThrow(why);
  });
});
