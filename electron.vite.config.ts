import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';
import { channelName, contract } from './shared/ipc-contract.ts';
import type { Entry } from './shared/ipc-entry.ts';

// Compiled code cannot be bundled; electron-builder packs these packages as they are.
const nativeModules = ['@napi-rs/keyring', 'keytar', 'koffi', 'pkcs11js'];

export default defineConfig({
  main: {
    build: {
      externalizeDeps: false,
      rolldownOptions: {
        input: {
          main: 'electron/main.ts',
          // Programs of their own: each PKCS #11 module has such a process, and that two threads that watch.
          'token-process': 'electron/pkcs11/process/program.ts',
          'slot-event-worker': 'electron/pkcs11/process/slot-event-worker.ts',
          'parent-watch-worker': 'electron/pkcs11/process/parent-watch-worker.ts',
          // Documents are read in a thread that can be ended.
          'pdf-worker': 'electron/signing/pdf-worker.ts',
          // What a terminal runs, without Electron.
          cli: 'electron/cli.ts',
        },
        external: nativeModules,
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  },
  preload: {
    plugins: [channels()],
    build: {
      externalizeDeps: false,
      rolldownOptions: {
        input: {
          preload: 'electron/preload.ts',
          'ceremony-preload': 'electron/ceremony-preload.ts',
        },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'renderer',
    plugins: [react()],
    build: {
      outDir: 'out/renderer',
      // The page's Content-Security-Policy knows no inline scripts and no data: fonts.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: { index: 'renderer/index.html', ceremony: 'renderer/ceremony/ceremony.ts' },
        output: {
          // Main serves that one itself, at the origin of a CA (electron/passkeys/own-page.ts).
          entryFileNames: ({ name }) =>
            name === 'ceremony' ? 'ceremony/ceremony.js' : 'assets/[name]-[hash].js',
        },
      },
    },
  },
});

/** Gives the preload the contract without its schemas: zod would make it a hundred times larger. */
function channels(): Plugin {
  const id = 'virtual:channels';
  return {
    name: 'countersign:channels',
    resolveId: (source) => (source === id ? `\0${id}` : null),
    load: (source) => (source === `\0${id}` ? channelsModule() : null),
  };
}

function channelsModule(): string {
  const groups = Object.entries<Readonly<Record<string, Entry>>>(contract);
  const list = groups.flatMap(([group, entries]) =>
    Object.entries(entries).map(([entry, { kind }]) => ({
      group,
      entry,
      kind,
      name: channelName(group, entry),
    })),
  );
  return `export const channels = ${JSON.stringify(list)};`;
}
