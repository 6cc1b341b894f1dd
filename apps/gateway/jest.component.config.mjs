import { component } from '../../jest.preset.mjs';

export default {
  ...component('gateway'),
  // Without 'import': Jest adds it for import by itself, and what CommonJS requires (tslib) must not come as a module.
  testEnvironmentOptions: { customExportConditions: ['@dozen/source', 'node'] },
};
