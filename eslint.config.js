// What STYLE asks of a line and a machine can see. Which room may import which is dependency-cruiser's business.
import { defineConfig } from 'eslint/config';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';
import { functionLength } from './tools/eslint/functionLength.js';

const nodeGlobals = [
  'console',
  'process',
  'performance',
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'URL',
  'Buffer',
  'fetch',
];

export default defineConfig(
  {
    ignores: [
      'node_modules/',
      'dist/',
      '**/dist/',
      'examples/',
      'test/workspaces/',
      'test/vscode/runtime/',
      'snippets/',
      'corpus/',
      '.vscode-test/',
      '**/*.generated.ts',
    ],
  },
  tseslint.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: { globals: Object.fromEntries(nodeGlobals.map((name) => [name, 'readonly'])) },
    rules: {
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'object-shorthand': 'error',
      'no-else-return': ['error', { allowElseIf: false }],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ExportDefaultDeclaration',
          message: 'Export by name: a default export has another name in every file.',
        },
        {
          selector: 'ExportAllDeclaration',
          message: 'No barrels: import from the file that declares the name.',
        },
        { selector: 'TSEnumDeclaration', message: 'Write a union of string literals.' },
        { selector: 'TSModuleDeclaration[kind="namespace"]', message: 'A file is the namespace.' },
      ],
      'max-lines': ['error', 300],
    },
  },
  {
    files: ['**/*.ts'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  { files: ['**/*.{js,mjs,cjs}'], rules: { 'no-undef': 'error' } },
  {
    files: ['**/*.cjs'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
    languageOptions: { sourceType: 'commonjs', globals: { __dirname: 'readonly' } },
  },
  {
    files: ['server/src/**/*.ts', 'client/src/**/*.ts'],
    plugins: { sagalint: { rules: { 'function-length': functionLength } }, regexp },
    rules: {
      'sagalint/function-length': ['error', 30],
      // Strangers choose the texts: what tries one in ways without number hangs.
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
    },
  },
  // Tools whose own contract is a default export.
  {
    files: [
      'eslint.config.js',
      'test/bench/*.config.mjs',
      'vitest.config.ts',
      'test/robust/fuzz.config.ts',
      'test/fixture/countReporter.ts',
    ],
    rules: { 'no-restricted-syntax': 'off' },
  },
  // Where outside data becomes ours: a parse boundary may say what it knows.
  {
    files: ['server/src/config/read.ts', 'server/src/facts/codec.ts'],
    rules: { '@typescript-eslint/consistent-type-assertions': 'off' },
  },
  // Answers to all questions lie in one store: whoever asks a question knows of what type its answers are.
  {
    files: ['kept', 'keptLists', 'circular', 'perModel'].map((it) => `server/src/model/incremental/${it}.ts`),
    rules: { '@typescript-eslint/consistent-type-assertions': 'off' },
  },
  // The editor's commands arrive untyped, and tests build what no type allows.
  {
    files: ['test/vscode/**'],
    rules: {
      '@typescript-eslint/consistent-type-assertions': 'off',
      '@typescript-eslint/no-require-imports': 'off',
    },
  },
);
