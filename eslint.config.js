import js from '@eslint/js';
import globals from 'globals';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';
import { owners, rooms } from './scripts/checks/rooms.mjs';

const processPlatform = [
  {
    object: 'process',
    property: 'platform',
    message: 'Only electron/platform asks which operating system this is.',
  },
];

function restrictionsFor(room, foreignEnds = ['ipcMain', 'ipcRenderer']) {
  const closed = Object.keys(rooms).filter(
    (other) => other !== room && !rooms[room].includes(other),
  );
  const patterns = closed.map((other) => ({
    regex: `^(\\.\\./)+${other}/${butFor(filesOf(other, rooms[room]))}`,
    message: `electron/${room} may not import this of electron/${other} (docs/architecture.md).`,
  }));
  const paths = Object.entries(owners)
    .filter(([, owner]) => !owner.includes(room))
    .map(([name, owner]) => ({
      name,
      message: `${name} belongs to ${owner.map((each) => `electron/${each}`).join(' and ') || 'tests'}.`,
    }));
  if (!['ipc', 'platform'].includes(room)) {
    paths.push({
      name: 'electron',
      message: 'Only main, window, preload, ipc and platform know Electron.',
    });
  } else {
    paths.push(ipcEnds(...foreignEnds));
  }
  return ['error', { paths, patterns: [...patterns, ...islandsBut('electron', 'shared')] }];
}

function filesOf(room, entries) {
  return entries
    .filter((entry) => entry.startsWith(`${room}/`))
    .map((entry) => entry.slice(room.length + 1));
}

function butFor(files) {
  return files.length === 0 ? '' : `(?!(?:${files.join('|')})\\.ts$)`;
}

// Each end of the border is held by one file: electron/ipc/electron-border.ts and electron/preload.ts.
function ipcEnds(...names) {
  return {
    name: 'electron',
    importNames: names,
    message: `${names.join(', ')}: see electron/ipc.`,
  };
}

const pushes = {
  selector: 'CallExpression[callee.type="MemberExpression"][callee.property.name="send"]',
  message: 'Only electron/ipc/notifier.ts pushes to the page.',
};

const worlds = ['electron', 'renderer', 'shared', 'ca', 'conformance', 'standin', 'e2e'];

function islandsBut(...own) {
  return worlds
    .filter((name) => !own.includes(name))
    .map((name) => ({ regex: `^(\\.\\./)+${name}/`, message: `${name}/ is another world.` }));
}

const tests = ['**/*.test.ts', '**/*.spec.ts', '**/testing/**', 'e2e/**'];

export default tseslint.config(
  {
    ignores: [
      'node_modules',
      'out',
      'dist',
      '.cache',
      'demo-output',
      'test-results',
      'bench-output',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['**/*.ts', '**/*.tsx', '**/*.mjs', '**/*.js'],
    languageOptions: { ecmaVersion: 'latest', sourceType: 'module' },
    rules: {
      'max-lines': ['error', 350],
      'max-lines-per-function': ['error', 60],
      'no-empty': ['error', { allowEmptyCatch: false }],
      eqeqeq: 'error',
      'no-console': 'off',
    },
  },
  ...Object.keys(rooms).map((room) => ({
    files: [`electron/${room}/**/*.ts`],
    ignores: tests,
    rules: { 'no-restricted-imports': restrictionsFor(room) },
  })),
  {
    files: ['electron/**/*.ts'],
    ignores: ['electron/platform/**', ...tests],
    rules: { 'no-restricted-properties': ['error', ...processPlatform] },
  },
  {
    files: ['electron/*.ts'],
    ignores: tests,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [ipcEnds('ipcMain', 'ipcRenderer')],
          patterns: islandsBut('electron', 'shared'),
        },
      ],
    },
  },
  {
    files: ['electron/ipc/electron-border.ts'],
    rules: { 'no-restricted-imports': restrictionsFor('ipc', ['ipcRenderer']) },
  },
  {
    files: ['electron/preload.ts', 'electron/ceremony-preload.ts'],
    rules: { 'no-restricted-imports': ['error', { paths: [ipcEnds('ipcMain')] }] },
  },
  {
    files: ['electron/**/*.ts'],
    // What dns-transport.ts sends are datagrams, and what pkcs11 sends goes to its own processes.
    ignores: [
      'electron/ipc/notifier.ts',
      'electron/domain-proofs/dns-transport.ts',
      'electron/pkcs11/**',
      ...tests,
    ],
    rules: { 'no-restricted-syntax': ['error', pushes] },
  },
  {
    files: ['shared/**/*.ts'],
    ignores: tests,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^(?!zod$|\\./|\\.\\./)', message: 'shared/ knows zod only.' },
            ...islandsBut('shared'),
          ],
        },
      ],
    },
  },
  {
    files: ['renderer/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks },
    rules: {
      ...reactHooks.configs.recommended.rules,
      'no-restricted-imports': ['error', { patterns: islandsBut('renderer', 'shared') }],
    },
  },
  {
    files: ['renderer/ui/**/*.{ts,tsx}'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^\\.\\./(?!ui/)', message: 'renderer/ui knows no wallet and no screen.' },
          ],
        },
      ],
    },
  },
  ...['ca', 'standin'].map((world) => ({
    files: [`${world}/**/*.ts`],
    rules: { 'no-restricted-imports': ['error', { patterns: islandsBut(world) }] },
  })),
  {
    // It judges other people's servers, ours among them.
    files: ['conformance/**/*.ts'],
    ignores: tests,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^(?!node:|jose$|\\./|\\.\\./)', message: 'It knows node and jose only.' },
            ...islandsBut('conformance'),
          ],
        },
      ],
    },
  },
  {
    files: [
      'scripts/**',
      '*.js',
      '**/*.mjs',
      'standin/testing/app/*.{js,cjs}',
      'e2e/bench/least-app/*.js',
    ],
    languageOptions: { globals: globals.node },
  },
  {
    files: ['standin/worlds/*.js', 'standin/testing/app/page/*.js'],
    languageOptions: { globals: globals.browser },
  },
  { files: tests, rules: { 'max-lines-per-function': 'off' } },
  { files: ['**/*.js', '**/*.mjs'], extends: [tseslint.configs.disableTypeChecked] },
  // Those rules that need types are oxlint's in `npm test` (scripts/checks/typed-rules.mjs); `npm run lint` leaves nothing out.
  ...(process.env['LINT_WITHOUT_TYPES']
    ? [
        {
          files: ['**/*.ts', '**/*.tsx'],
          extends: [tseslint.configs.disableTypeChecked],
          // What switches one of them off has its use there.
          linterOptions: { reportUnusedDisableDirectives: 'off' },
        },
      ]
    : []),
);
