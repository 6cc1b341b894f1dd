import { component } from '../../jest.preset.mjs';

export default {
  ...component('database'),
  // Without 'import': Jest adds it for import by itself, and for require() of pg's own parts it must not be there.
  testEnvironmentOptions: { customExportConditions: ['@dozen/source', 'node'] },
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
};
