import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';
import { appConstraints, layerConstraints, testConstraints } from './tools/workspace/boundaries.mjs';
import words from './tools/workspace/old-words.mjs';

const TESTS = ['**/*.spec.ts', '{apps,libs,tools}/*/test/**/*.ts'];
/** What runs inside a service's process, where configuration, logs and state have one way each. */
const SERVICE_SOURCES = ['{apps,libs}/*/src/**/*.ts'];

const NO_MUTABLE_STATE = {
  selector: ':matches(Program, Program > ExportNamedDeclaration) > VariableDeclaration[kind!="const"]',
  message: 'No mutable state at module level: it would be shared by all that run in one process.',
};

/** A program loads its parts after its first signal handler is there; that makes no part lazy for anybody else. */
const LAZY = ['@dozen/**'];

export default tseslint.config(
  { ignores: ['**/dist/', '**/out-tsc/', '**/coverage/', '.nx/', '.dozen/', '**/*.d.ts'] },
  // No directive in a comment may switch a rule off.
  { linterOptions: { noInlineConfig: true } },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { words },
    rules: {
      'words/old-words': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // With decorator metadata an injected class must stay a value import: typescript-eslint leaves files with
      // decorators alone when emitDecoratorMetadata is on, which it reads from the tsconfig.
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `() => Promise<void> | void` is what a callback that may be either looks like.
      '@typescript-eslint/no-invalid-void-type': 'off',
      // A type parameter that is used once still lets a caller name the type.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // Nest and TypeORM declare the types of their options as classes; nobody makes instances of them.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // A Nest module is a class with nothing in it.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'], location: 'anywhere' }],
      'max-lines': ['error', { max: 250 }],
    },
  },
  {
    files: SERVICE_SOURCES,
    ignores: TESTS,
    rules: {
      'no-console': 'error',
      'no-restricted-syntax': ['error', NO_MUTABLE_STATE],
    },
  },
  {
    // What external clients and producers write. The building blocks themselves are made of zod's.
    files: ['libs/contracts/src/**/*.ts', 'apps/*/src/adapters/http/**/*.ts'],
    ignores: [...TESTS, 'libs/contracts/src/text.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        NO_MUTABLE_STATE,
        {
          selector: 'CallExpression[callee.object.name="z"][callee.property.name=/^(string|email|uuid|guid|url)$/]',
          message: 'A text is text(), formed(), uuidV7 or email of @dozen/contracts: plain, bounded, in one spelling.',
        },
      ],
    },
  },
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: true,
          checkDynamicDependenciesExceptions: LAZY,
          depConstraints: [...appConstraints, ...layerConstraints],
        },
      ],
    },
  },
  {
    files: TESTS,
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          // A test of a package may use it as others do, by its name.
          allowCircularSelfDependency: true,
          checkDynamicDependenciesExceptions: LAZY,
          depConstraints: testConstraints,
        },
      ],
      // Jest's asymmetric matchers are `any` by their types.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      'max-lines': ['error', { max: 400 }],
    },
  },
  // What somebody outside would write: the packages' names are all that it knows.
  {
    files: ['examples/**/*.ts'],
    rules: {
      '@nx/enforce-module-boundaries': 'off',
      // Node's runner waits for its tests by itself.
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', package: 'node:test', name: ['describe', 'it'] }] },
      ],
    },
  },
  { files: ['**/*.mjs'], ...tseslint.configs.disableTypeChecked },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(
        ['process', 'console', 'performance', 'URL', 'AbortController', 'setTimeout', 'clearTimeout', 'fetch'].map(
          (name) => [name, 'readonly'],
        ),
      ),
    },
  },
  prettier,
);
