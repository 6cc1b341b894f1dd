import type { Tree } from '@nx/devkit';
import { versionOf } from '../edits/lock.js';
import type { ServiceValues } from './values.js';

const DEPENDENCIES = [
  '@dozen/config',
  '@dozen/contracts',
  '@dozen/database',
  '@dozen/http',
  '@dozen/kernel',
  '@dozen/messaging',
  '@dozen/service',
  '@dozen/telemetry',
  '@nestjs/common',
  'reflect-metadata',
  'rxjs',
  'typeorm',
  'zod',
];
const DEV_DEPENDENCIES = ['@dozen/service-testing', '@dozen/testing'];

/** The service's package.json, with the versions that the workspace has. It is never published, so any of ours will do. */
export function manifestOf(tree: Tree, { service, aggregate }: ServiceValues) {
  const versions = (names: readonly string[]): Record<string, string> =>
    Object.fromEntries(names.map((name) => [name, name.startsWith('@dozen/') ? '*' : versionOf(tree, name)]));
  return {
    name: `@dozen/${service}`,
    version: versionOf(tree, '@dozen/service'),
    private: true,
    description: `A ${aggregate} for each order that is confirmed.`,
    license: 'MIT',
    type: 'module',
    exports: {
      '.': { '@dozen/source': './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' },
      './package.json': './package.json',
    },
    dependencies: versions(DEPENDENCIES),
    devDependencies: versions(DEV_DEPENDENCIES),
    nx: { tags: ['type:app', `scope:${service}`, 'container:service'] },
  };
}
