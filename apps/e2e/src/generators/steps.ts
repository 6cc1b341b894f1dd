import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { Workspace } from './workspace.js';

/** A name that nobody's own service has. */
export const SERVICE = 'lanterns';

/** One of each of the other generators, on the new service and on what was there before. */
export const GENERATED: readonly (readonly string[])[] = [
  ['event', SERVICE, 'LanternLit', '--about=It gives light.'],
  ['event', 'gateway', 'OrderArchived'],
  ['endpoint', SERVICE, `/v1/${SERVICE}/:orderId/label`],
  ['endpoint', SERVICE, `/v1/${SERVICE}/:orderId/notes`, '--method=post'],
  ['endpoint', 'gateway', '/v1/orders/:id/label'],
  [
    ...['migration', SERVICE, 'check-version'],
    `--up=ALTER TABLE ${SERVICE} ADD CONSTRAINT version_check CHECK (version > 0) NOT VALID`,
    `--down=ALTER TABLE ${SERVICE} DROP CONSTRAINT version_check`,
  ],
  ['migration', 'orders', 'change-nothing'],
  ['admin-command', SERVICE, `${SERVICE} count`],
  ['admin-command', 'orders', 'orders count'],
];

export interface Check {
  readonly name: string;
  readonly run: () => Promise<unknown>;
}

/** What `npm test` does about the sources, then the tests of what was generated, a journey and a kill. */
export function checksOf(workspace: Workspace, demo: string): Check[] {
  const tsc = join('typescript', 'bin', 'tsc');
  const generate = join('tools', 'generate', 'dist', 'main.js');
  const jest = (config: string, ...options: string[]): Promise<string> =>
    workspace.node(
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      ...[join('node_modules', 'jest', 'bin', 'jest.js'), '--no-watchman', '--projects', ...configs(config)],
      ...options,
    );
  return [
    {
      name: 'build',
      run: () =>
        workspace.run(tsc, '--build', ...globSync('{apps,libs,tools}/*/tsconfig.lib.json', { cwd: workspace.dir })),
    },
    { name: 'npm run generate', run: () => workspace.node(generate) },
    { name: 'types', run: () => workspace.run(tsc, '--build') },
    { name: 'it leaves nothing to generate', run: () => workspace.node(generate, '--check') },
    {
      name: 'lint',
      run: () =>
        workspace.run(
          join('eslint', 'bin', 'eslint.js'),
          ...['--config', 'eslint.workspace.config.mjs', '--max-warnings=0'],
          ...[`apps/${SERVICE}`, 'apps/gateway', 'apps/orders', 'apps/e2e/src/fuzz', 'libs/contracts'],
        ),
    },
    { name: 'format', run: () => workspace.run(join('prettier', 'bin', 'prettier.cjs'), '--check', '.') },
    { name: 'links', run: () => workspace.run(join('remark-cli', 'cli.js'), '--quiet', '--frail', '--no-stdout', '.') },
    { name: 'unused', run: () => workspace.run(join('knip', 'bin', 'knip.js'), '--no-config-hints', '--no-progress') },
    {
      name: 'boundaries',
      run: () =>
        workspace.run(
          join('dependency-cruiser', 'bin', 'dependency-cruise.mjs'),
          ...['--config', '.dependency-cruiser.mjs', 'apps', 'libs', 'tools'],
        ),
    },
    { name: 'unit tests', run: () => jest('jest.config.mjs') },
    {
      name: 'component tests',
      run: () => jest('jest.component.config.mjs', `--testPathPatterns=apps/${SERVICE}/|orders-label`),
    },
    {
      name: 'a journey and a kill',
      run: () => workspace.node(join('apps', 'e2e', 'dist', 'generators', 'journey.js'), SERVICE, demo),
    },
  ];
}

/** Of the projects that something was generated into, or that look at all of them. */
function configs(name: string): string[] {
  const projects = [`apps/${SERVICE}`, 'apps/gateway', 'apps/orders', 'apps/e2e', 'libs/contracts', 'tools/manifest'];
  const all = name === 'jest.config.mjs' ? projects : projects.slice(0, 2);
  return all.map((project) => join(project, name));
}
