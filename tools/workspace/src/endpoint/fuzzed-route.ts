import type { Tree } from '@nx/devkit';
import { check } from '../edits/names.js';
import { edit } from '../edits/services.js';
import { withListed } from '../edits/source.js';

const ROUTES = 'apps/e2e/src/fuzz/http/routes.ts';

/** The fuzz calls every route of the gateway, and has to know what a legal request is. */
export function addFuzzedRoute(
  tree: Tree,
  { path, method, scope }: { readonly path: string; readonly method: string; readonly scope: string },
): void {
  check(method === 'get', `a body for the gateway has to be taught to the fuzz first: ${ROUTES}`);
  const parameters = path.match(/:\w+/g) ?? [];
  check(
    parameters.every((parameter) => parameter === ':id'),
    `at the gateway the fuzz knows one parameter, the id of an order: :id (${ROUTES})`,
  );
  check(['orders:read', 'orders:write'].includes(scope), `the fuzz has tokens for orders:read and orders:write alone`);
  const row = `{ method: 'GET', path: '${path}', auth: 'required', scope: '${scope}', good: [200], weight: 1 }`;
  edit(tree, ROUTES, (text) => withListed(text, { list: 'ROUTES', element: row }, 'ROUTES'));
}
