import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { Contender } from './peers.ts';

export interface Bundle {
  readonly contender: Contender;
  remove(): Promise<void>;
}

/** Our client as it would be shipped for a terminal: one file, whose compiled form Node keeps. */
export async function bundleOurs(): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-bundle-'));
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: fileURLToPath(new URL('ours.ts', import.meta.url)),
      outDir: folder,
      target: 'node24',
      minify: true,
      rolldownOptions: { output: { entryFileNames: 'ours.mjs' } },
    },
    ssr: { noExternal: true },
  });
  const compiled = join(folder, 'compiled');
  return {
    contender: {
      name: 'Countersign',
      command: ({ directoryUrl, serverRootFile, home, identifier }) => ({
        program: process.execPath,
        parameters: [join(folder, 'ours.mjs'), directoryUrl, serverRootFile, home, identifier],
        env: { NODE_COMPILE_CACHE: compiled },
      }),
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
