// The scripts that Chromium runs before a document's own: both halves of the bridge and the preload.
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';

/** The isolated world of the preload; also Electron's name for it. */
export const ISOLATED_WORLD = 'Electron Isolated Context';

export type DocumentScript = { readonly source: string; readonly worldName?: string };

export type Worlds = {
  /** In the order in which they must run. */
  readonly scripts: readonly DocumentScript[];
  /** The function that Chromium puts into the isolated world. */
  readonly binding: string;
  /** The property of the isolated world that takes messages from main. */
  readonly entry: string;
};

/** The two worlds of one window's documents. `preload` is a CommonJS bundle's path. */
export function composeWorlds(preload: string | undefined): Worlds {
  const token = randomUUID();
  const binding = `send-${randomUUID()}`;
  const entry = '__standin';
  const process = sandboxedProcess();
  return {
    binding,
    entry,
    scripts: [
      {
        source: inlined(
          ['bridge', 'passkeys', 'main'],
          `startMainWorld(${JSON.stringify({ token })})`,
        ),
      },
      {
        source: inlined(
          ['codec', 'bridge', 'emitter', 'isolated'],
          `startIsolatedWorld(${JSON.stringify({ token, binding, entry, process })})`,
        ),
        worldName: ISOLATED_WORLD,
      },
      ...(preload === undefined ? [] : [preloadScript(preload, entry)]),
    ],
  };
}

function preloadScript(path: string, entry: string): DocumentScript {
  const body = existsSync(path)
    ? readFileSync(path, 'utf8')
    : `throw new Error(${JSON.stringify(`no preload at ${path}`)})`;
  const source = `globalThis.${entry}?.runPreload(function (require, module, exports, process, setImmediate) {${body}
})
//# sourceURL=${path}`;
  return { source, worldName: ISOLATED_WORLD };
}

function inlined(names: readonly string[], start: string): string {
  const parts = names.map((name) => {
    const source = readFileSync(new URL(`./worlds/${name}.js`, import.meta.url), 'utf8');
    return source.replaceAll(/^import .*$/gm, '').replaceAll(/^export /gm, '');
  });
  return `(() => {'use strict';\n${parts.join('\n')}\n${start};\n})()`;
}

function sandboxedProcess() {
  const { platform, arch, versions, pid } = process;
  return {
    type: 'renderer',
    platform,
    arch,
    versions: { ...versions },
    pid,
    sandboxed: true,
    contextIsolated: true,
    env: {},
    argv: [],
  };
}
