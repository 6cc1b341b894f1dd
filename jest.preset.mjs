/**
 * Jest settings that every project shares. A project has two configs: `jest.config.mjs` runs the specs under src
 * (no network) and `jest.component.config.mjs` runs the specs under test (real backing services).
 * Jest must run under `node --experimental-vm-modules`, because the workspace is ESM.
 */
const base = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  // '@dozen/source' makes a package of the workspace resolve to its sources, so that tests need no build.
  testEnvironmentOptions: { customExportConditions: ['@dozen/source', 'node', 'import', 'default'] },
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
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  watchman: false,
};

/** The config of a project's unit tests. @param {string} displayName */
export const unit = (displayName) => ({
  ...base,
  displayName: { name: displayName, color: 'cyan' },
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
});

/** The config of a project's component tests. @param {string} displayName */
export const component = (displayName) => ({
  ...base,
  displayName: { name: `${displayName}:component`, color: 'magenta' },
  testMatch: ['<rootDir>/test/**/*.spec.ts'],
  testTimeout: 30_000,
});
