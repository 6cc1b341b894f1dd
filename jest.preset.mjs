import { fileURLToPath } from 'node:url';

/**
 * Jest settings that every project shares. A project has `jest.config.mjs` for the specs under src (no
 * network) and `jest.component.config.mjs` (apps/e2e: `jest.system.config.mjs`) for those under test (real servers).
 * Jest must run under `node --experimental-vm-modules`, because the workspace is ESM.
 */
const base = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  // '@dozen/source' makes a package of the workspace resolve to its sources, so that tests need no build. No 'import':
  // Jest adds it for import, and what CommonJS requires (pg's parts, tslib) must not come as a module.
  testEnvironmentOptions: { customExportConditions: ['@dozen/source', 'node'] },
  // Sources import './x.js' (what Node sees after the build); under test the file is './x.ts'.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': ['$1.ts', '$1.js'] },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2024',
          // `with { type: 'json' }`
          experimental: { keepImportAttributes: true },
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};

/** The config of a project's unit tests. @param {string} displayName */
export const unit = (displayName) => ({
  ...base,
  displayName: { name: displayName, color: 'cyan' },
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
});

/**
 * The config of a project's component tests. PostgreSQL and Kafka come from DOZEN_TEST_POSTGRES_URL and
 * DOZEN_TEST_KAFKA_URL, or are started for the run by the built libs/testing. `backing: false`: they need neither.
 * @param {string} displayName
 * @param {{ backing?: boolean }} options
 */
export const component = (displayName, { backing = true } = {}) => ({
  ...base,
  displayName: { name: `${displayName}:component`, color: 'magenta' },
  testMatch: ['<rootDir>/test/**/*.spec.ts'],
  testTimeout: 30_000,
  ...(backing ? { globalSetup: built('global-setup'), globalTeardown: built('global-teardown') } : {}),
});

/**
 * The config of tests against the whole running system, in order: what one file kills another must not need. They start
 * the built services themselves. @param {string} displayName
 */
export const system = (displayName) => ({
  ...component(displayName),
  displayName: { name: `${displayName}:system`, color: 'yellow' },
  testPathIgnorePatterns: ['/test/compose/'],
  testTimeout: 120_000,
});

/** The config of tests against containers. They need a Docker engine, and nothing else. @param {string} displayName */
export const compose = (displayName) => ({
  ...base,
  displayName: { name: `${displayName}:compose`, color: 'blue' },
  testMatch: ['<rootDir>/test/compose/**/*.spec.ts'],
  testTimeout: 120_000,
});

const built = (name) => fileURLToPath(new URL(`./libs/testing/dist/${name}.js`, import.meta.url));
