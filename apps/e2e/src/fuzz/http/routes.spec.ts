import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '@dozen/demo';
import ts from 'typescript';
import { nameOf, ROUTES } from './routes.js';

const METHODS = new Set(['Get', 'Post', 'Put', 'Patch', 'Delete', 'Head', 'Options', 'All', 'Search']);
const HEALTH = 'libs/http/src/server/health-routes.ts';

describe('the table of routes', () => {
  it('has every route that the gateway has, and no other', () => {
    const real = [
      ...globSync('apps/gateway/src/**/*.controller.ts', { cwd: ROOT }).flatMap(routesIn),
      ...healthRoutes(),
    ];
    expect(ROUTES.map(nameOf).sort()).toEqual(real.sort());
  });
});

/** By the decorators in the source: a service is not to be imported here. */
function routesIn(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(join(ROOT, file), 'utf8'), ts.ScriptTarget.ESNext, true);
  const constants = new Map<string, string>();
  const found: string[] = [];
  const text = (node: ts.Expression | undefined): string => {
    if (node === undefined) return '';
    if (ts.isStringLiteralLike(node)) return node.text;
    const known = constants.get(node.getText());
    if (known === undefined) throw new Error(`${file}: ${node.getText()} is no path that can be read here`);
    return known;
  };
  for (const statement of source.statements) {
    if (ts.isVariableStatement(statement)) {
      for (const { name, initializer } of statement.declarationList.declarations) {
        if (initializer && ts.isStringLiteralLike(initializer)) constants.set(name.getText(), initializer.text);
      }
    }
    if (!ts.isClassDeclaration(statement)) continue;
    const controller = callsOn(statement).find(({ name }) => name === 'Controller');
    if (controller === undefined) continue;
    for (const member of statement.members) {
      for (const { name, argument } of callsOn(member)) {
        if (!METHODS.has(name)) continue;
        const path = [text(controller.argument), text(argument)].filter((part) => part !== '').join('/');
        found.push(`${name.toUpperCase()} ${path}`);
      }
    }
  }
  return found;
}

function callsOn(node: ts.Node): { readonly name: string; readonly argument: ts.Expression | undefined }[] {
  const decorators = ts.canHaveDecorators(node) ? (ts.getDecorators(node) ?? []) : [];
  return decorators.flatMap(({ expression }) =>
    ts.isCallExpression(expression)
      ? [{ name: expression.expression.getText(), argument: expression.arguments[0] }]
      : [],
  );
}

/** Every text of that file that is a path of one segment. */
function healthRoutes(): string[] {
  const paths = readFileSync(join(ROOT, HEALTH), 'utf8').matchAll(/'(\/[a-z]+)'/g);
  return [...new Set([...paths].map(([, path]) => `GET ${path ?? ''}`))];
}
