import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Nx plugin: gives every project the targets and tags that its files call for, so that no package.json repeats them.
 * `build` comes from @nx/js/typescript. What each target reads is in nx.json (targetDefaults), beside its cache.
 */
const JEST = 'node --experimental-vm-modules --disable-warning=ExperimentalWarning ../../node_modules/jest/bin/jest.js';

const run = (command, description) => ({ command, options: { cwd: '{projectRoot}' }, metadata: { description } });

const TARGETS = [
  ['tsconfig.spec.json', 'typecheck', run('tsc --build tsconfig.spec.json', 'Types of sources, specs and tests.')],
  ['tsconfig.json', 'lint', run('eslint .', 'ESLint with typed rules and the boundaries of the layers.')],
  ['jest.config.mjs', 'test', run(`${JEST} --passWithNoTests`, 'Unit tests: no network.')],
  [
    'jest.component.config.mjs',
    'component',
    run(`${JEST} --config jest.component.config.mjs --passWithNoTests`, 'Tests on real PostgreSQL and Kafka.'),
  ],
  [
    'jest.system.config.mjs',
    'system',
    run(`${JEST} --config jest.system.config.mjs --passWithNoTests`, 'Journeys against the running system.'),
  ],
];

/** What `nx release` versions: the libraries that others install, which are those that are not private. */
const tags = (file) => (JSON.parse(readFileSync(file, 'utf8')).private === true ? [] : ['npm:public']);

/** Of a project with the tag `container:<stage>`: the stage of deploy/docker/Dockerfile that its image is. */
function container(file) {
  const { name, nx } = JSON.parse(readFileSync(file, 'utf8'));
  const stage = nx?.tags?.find((tag) => tag.startsWith('container:'))?.slice('container:'.length);
  if (stage === undefined) return {};
  const command = `node ../../deploy/docker/container.mjs ${stage} ${name.slice('@dozen/'.length)}`;
  return { container: run(command, 'The image dozen/<name>:<sha>.') };
}

export const createNodesV2 = [
  '{apps,libs,tools}/*/package.json',
  (files, _options, { workspaceRoot }) =>
    files.map((file) => {
      const root = dirname(file);
      const has = (name) => existsSync(join(workspaceRoot, root, name));
      const targets = Object.fromEntries(
        TARGETS.filter(([name]) => has(name)).map(([, target, spec]) => [target, spec]),
      );
      const manifest = join(workspaceRoot, file);
      const project = { tags: tags(manifest), targets: { ...targets, ...container(manifest) } };
      return [file, { projects: { [root]: project } }];
    }),
];
