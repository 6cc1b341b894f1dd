import { LAYERS, TEST_LAYERS, TOOL_LAYERS } from './tools/workspace/boundaries.mjs';

const alternatives = (names) => `(${names.join('|')})`;
/** What a library offers to the tests of others. */
const TEST_KIT = '^libs/[^/]+/src/(testing|conformance)/';
const NOT_TEST = '(\\.spec\\.ts$|/test/)';

/** One rule per layer: a library's sources import the layers under it, itself and packages; nothing else here. */
const layers = Object.entries({ ...LAYERS, ...TEST_LAYERS }).map(([name, below]) => ({
  name: `layer-${name}`,
  comment: `libs/${name} may import: ${below.join(', ') || 'nothing of the workspace'}.`,
  severity: 'error',
  from: { path: `^libs/${name}/`, pathNot: NOT_TEST },
  to: { path: '^(apps|libs|tools)/', pathNot: `^libs/${alternatives([name, ...below])}/` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...layers,
    {
      name: 'no-cycle',
      comment: 'Files that need each other are one thing, or lack a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'app-imports-app',
      comment: "Services talk over Kafka; what they share is in libs. One test has all services' tables side by side.",
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/e2e/(src/saga|test/saga)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'app-imports-tool',
      comment: 'A service runs without the tools of this workspace; only its tests may start them.',
      severity: 'error',
      from: { path: '^apps/[^/]+/src/', pathNot: '^apps/e2e/|\\.spec\\.ts$' },
      to: { path: '^(tools|libs/backing)/' },
    },
    {
      name: 'library-imports-tool',
      comment: 'Tools stand on libraries, so what both need is a library. That is so for tests as well.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^tools/' },
    },
    {
      name: 'tool-imports-library',
      comment: 'Tools stand beside the services, not on their libraries. The benchmarks measure those.',
      severity: 'error',
      from: { path: '^tools/(?!bench/)', pathNot: NOT_TEST },
      to: { path: '^(apps|libs)/', pathNot: `^libs/${alternatives(TOOL_LAYERS)}/` },
    },
    {
      name: 'domain-is-pure',
      comment:
        'Domain code knows the kernel, the contracts and itself: no framework, no I/O (hashes and comparisons are neither).',
      severity: 'error',
      from: { path: '^apps/([^/]+)/src/domain/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: '^(apps/$1/src/(domain/|errors\\.ts$)|libs/(kernel|contracts)/|(node:)?(crypto|util)$)' },
    },
    {
      name: 'application-knows-no-adapter',
      comment: 'Use cases speak to ports; adapters implement them.',
      severity: 'error',
      from: { path: '^apps/[^/]+/src/application/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^apps/[^/]+/src/adapters/' },
    },
    {
      name: 'broker-client-behind-its-port',
      comment: 'Only the broker adapter knows which client it is.',
      severity: 'error',
      from: {
        path: '^(apps|libs)/',
        pathNot: ['^libs/messaging/src/broker/', '^libs/backing/', NOT_TEST, '^apps/e2e/'],
      },
      to: { path: 'node_modules/kafkajs/' },
    },
    {
      name: 'no-test-code-in-sources',
      comment: 'What only tests need does not ship.',
      severity: 'error',
      from: {
        path: '^(apps|libs|tools)/[^/]+/src/',
        pathNot: ['\\.spec\\.ts$', '^apps/e2e/', '^libs/(service-)?testing/', TEST_KIT],
      },
      to: {
        path: [
          '^libs/(service-)?testing/',
          TEST_KIT,
          '\\.spec\\.ts$',
          '/test/',
          'node_modules/(fast-check|@jest|jest|@nestjs/testing)/',
        ],
      },
    },
    {
      name: 'not-resolvable',
      comment: 'It would fail at run time.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/'] },
    exclude: { path: ['/dist/', '/out-tsc/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@dozen/source', 'import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
    skipAnalysisNotInRules: true,
  },
};
