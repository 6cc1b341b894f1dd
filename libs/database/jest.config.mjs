import { unit } from '../../jest.preset.mjs';

export default {
  ...unit('database'),
  // Without 'import': Jest adds it for import by itself, and for require() of pg's own parts it must not be there.
  testEnvironmentOptions: { customExportConditions: ['@dozen/source', 'node'] },
};
