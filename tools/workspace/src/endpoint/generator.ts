import { formatFiles, type Tree } from '@nx/devkit';
import { check } from '../edits/names.js';
import { checkService, edit, textOf } from '../edits/services.js';
import { withImport, withListed } from '../edits/source.js';
import { writeTemplate } from '../edits/templates.js';
import { withProcessType } from './process-type.js';
import { addFuzzedRoute } from './fuzzed-route.js';
import { type EndpointOptions, valuesOf } from './values.js';

/** `npx nx g @dozen/workspace:endpoint parcels /v1/parcels/:orderId/label`. See docs/generators.md. */
export default async function endpointGenerator(tree: Tree, options: EndpointOptions): Promise<void> {
  const { service, path, method = 'get' } = options;
  checkService(tree, service);
  check(
    textOf(tree, `apps/${service}/src/config.ts`).includes('authSection'),
    `${service} takes no tokens, so nobody could call it: add authSection to apps/${service}/src/config.ts, and its variables to the entry of the manifest`,
  );
  const values = valuesOf(options);
  if (service === 'gateway') addFuzzedRoute(tree, { path, method, scope: values.scope });
  writeTemplate(tree, 'endpoint', `apps/${service}`, values);
  edit(
    tree,
    `apps/${service}/src/app.module.ts`,
    (text) => withImport(text, values.controller, `./adapters/http/${values.kebab}.controller.js`),
    (text) => withListed(text, { list: 'controllers', element: values.controller, first: true }, 'Module'),
  );
  withProcessType(tree, service, 'web');
  await formatFiles(tree);
}
