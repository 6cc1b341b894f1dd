import rules from './eslint.config.mjs';

/**
 * The same rules for a run over the whole workspace (`npm run lint`): one TypeScript program instead of two per project
 * halves its time. Editors and `nx lint <project>` use eslint.config.mjs.
 */
export default [
  ...rules,
  {
    files: ['**/*.ts'],
    languageOptions: {
      parserOptions: { projectService: false, project: './tsconfig.lint.json', tsconfigRootDir: import.meta.dirname },
    },
  },
];
