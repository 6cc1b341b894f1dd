import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { root } from '../../bootstrap/bootstrap.mjs';

/**
 * What `npm test` does. `group` is a row of the budget table. `after` names steps that must have passed. `alone`: nothing
 * else runs beside it, because its tests have deadlines of their own, but what is `quiet`: checks, with the time that
 * tests leave to the processor while they wait for servers. A step that is `crowded` leaves none. `deadlineS` ends a step
 * that hangs.
 * @typedef {object} Step
 * @property {string} name
 * @property {string} group
 * @property {readonly string[]} args for Node
 * @property {readonly string[]} [after]
 * @property {boolean} [alone]
 * @property {boolean} [quiet]
 * @property {boolean} [crowded]
 * @property {boolean} [backing] needs PostgreSQL and Kafka; their URLs are put into its environment
 * @property {string} [results] Jest's JSON file
 * @property {boolean} [whole] the step is one test, and what it prints on stdout is shown when it passes, too
 * @property {number} deadlineS
 */

/** Seconds on 2 cores, in the order in which the table shows them; of lint and types, beside the tests. */
export const BUDGET = {
  'install and jars': 90,
  build: 60,
  'lint and types': 300,
  unit: 60,
  component: 300,
  system: 150,
  cost: 40,
  chaos: 100,
  fuzz: 40,
};
/** Without lint and types, which take no time of their own. */
export const WHOLE_BUDGET = 700;

const projects = (config) => globSync(`{apps,libs,tools}/*/${config}`, { cwd: root }).sort();
const bin = (path) => join('node_modules', path);
const spareCores = availableParallelism() - 1;
/** Four even on two cores: a worker waits for servers, leases and sessions more than half of the time. */
const componentWorkers = Math.max(4, spareCores);

/**
 * What the rest needs first; of the checks, those first that fail most often.
 * @param {string} folder for result files
 * @returns {Step[]}
 */
export function stepsIn(folder) {
  const jest = (kind, configs, maxWorkers) => ({
    name: kind,
    group: kind,
    results: join(folder, `${kind}.json`),
    args: [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      '--disable-warning=TimeoutNegativeWarning',
      bin('jest/bin/jest.js'),
      '--no-watchman',
      '--json',
      `--outputFile=${join(folder, `${kind}.json`)}`,
      `--maxWorkers=${maxWorkers}`,
      '--projects',
      ...configs,
    ],
  });
  const check = (name, args, more = {}) => ({
    name,
    args,
    group: 'lint and types',
    quiet: true,
    deadlineS: 600,
    ...more,
  });
  return [
    {
      name: 'compile',
      group: 'build',
      // All projects in one process: a third of the time of one process each, which is what Nx starts.
      args: [bin('typescript/bin/tsc'), '--build', ...projects('tsconfig.lib.json')],
      deadlineS: 300,
    },
    {
      name: 'build',
      group: 'build',
      // As everybody else builds: finds its work done.
      args: [bin('nx/dist/bin/nx.js'), 'run-many', '-t', 'build', '--parallel=2', '--outputStyle=static'],
      after: ['compile'],
      deadlineS: 300,
    },
    check('lint', [bin('eslint/bin/eslint.js'), '--config', 'eslint.workspace.config.mjs', '--max-warnings=0', '.']),
    { ...jest('unit', projects('jest.config.mjs'), Math.max(2, spareCores)), deadlineS: 180 },
    check('types', [bin('typescript/bin/tsc'), '--build'], { after: ['build'] }),
    check('format', [bin('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.']),
    check('links', [bin('remark-cli/cli.js'), '--quiet', '--frail', '--no-stdout', '.']),
    check('unused', [bin('knip/bin/knip.js'), '--no-config-hints', '--no-progress']),
    check('boundaries', [
      bin('dependency-cruiser/bin/dependency-cruise.mjs'),
      ...['--config', '.dependency-cruiser.mjs'],
      ...['apps', 'libs', 'tools'],
    ]),
    check('generated', [join('tools', 'generate', 'dist', 'main.js'), '--check'], { after: ['build'] }),
    check('rules', [join('tools', 'observability', 'dist', 'main.js')], { after: ['build'] }),
    check('packages', [join('tools', 'workspace', 'packages', 'check.mjs')], { after: ['build'] }),
    {
      ...jest('component', projects('jest.component.config.mjs'), componentWorkers),
      after: ['build'],
      backing: true,
      alone: true,
      crowded: true,
      deadlineS: 600,
    },
    {
      ...jest('system', projects('jest.system.config.mjs'), 1),
      after: ['build'],
      backing: true,
      alone: true,
      deadlineS: 600,
    },
    {
      name: 'cost',
      group: 'cost',
      args: [join('tools', 'bench', 'dist', 'order', 'guard.js')],
      after: ['build'],
      alone: true,
      whole: true,
      deadlineS: 180,
    },
    {
      name: 'chaos',
      group: 'chaos',
      // Every kind of fault once; of this seed in 42 s, with the poison first, since operators take their time.
      // Longer runs with other seeds are `npm run chaos`.
      args: [
        '--disable-warning=TimeoutNegativeWarning',
        join('apps', 'e2e', 'dist', 'chaos', 'main.js'),
        ...['--orders', '200', '--faults', '18', '--seed', '1981'],
      ],
      after: ['build'],
      alone: true,
      whole: true,
      deadlineS: 600,
    },
    {
      name: 'fuzz',
      group: 'fuzz',
      // A look at each route and type of message; `npm run fuzz -- --cases 100000` with a new seed is the real thing.
      args: [
        '--disable-warning=TimeoutNegativeWarning',
        join('apps', 'e2e', 'dist', 'fuzz', 'main.js'),
        ...['--cases', '600', '--seed', '1981'],
      ],
      after: ['build'],
      alone: true,
      whole: true,
      deadlineS: 600,
    },
  ];
}
