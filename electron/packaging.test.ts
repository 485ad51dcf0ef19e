import { existsSync, globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { linkScheme, profileExtension } from './launch.ts';
import { profileMediaType } from './organizations/profile.ts';

const root = path.join(import.meta.dirname, '..');
const require = createRequire(import.meta.url);

const configuration = z.looseObject({
  files: z.array(z.object({ filter: z.array(z.string()) })),
  electronFuses: z.record(z.string(), z.boolean()),
  protocols: z.array(z.looseObject({ schemes: z.array(z.string()) })),
  fileAssociations: z.array(z.looseObject({ ext: z.string(), mimeType: z.string() })),
  linux: z.looseObject({ icon: z.string(), syncDesktopName: z.literal(true) }),
  mac: z.looseObject({
    icon: z.string(),
    entitlements: z.string(),
    hardenedRuntime: z.literal(true),
  }),
  win: z.looseObject({ icon: z.string() }),
});

interface Builder {
  getConfig(directory: string, file: null, options: null): Promise<unknown>;
  validateConfiguration(config: unknown, logger: unknown): Promise<void>;
}

describe('electron-builder.yml', () => {
  let read: unknown;
  let config: z.infer<typeof configuration>;

  beforeAll(async () => {
    const builder = require('app-builder-lib/out/util/config/config') as Builder;
    read = await builder.getConfig(root, null, null);
    config = configuration.parse(read);
  });

  it('fits the schema of electron-builder', async () => {
    const builder = require('app-builder-lib/out/util/config/config') as Builder;
    const { DebugLogger } = require('builder-util') as {
      DebugLogger: new (on: boolean) => unknown;
    };
    await expect(
      builder.validateConfiguration(read, new DebugLogger(false)),
    ).resolves.toBeUndefined();
  });

  it('closes every way of making the program run other code', () => {
    expect(config.electronFuses).toMatchObject({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      grantFileProtocolExtraPrivileges: false,
      enableCookieEncryption: true,
    });
  });

  it('ships what was built and nothing of the sources', () => {
    const patterns = config.files.flatMap(({ filter }) => filter);
    const [first, ...rest] = patterns.filter((pattern) => !pattern.startsWith('!'));
    expect(first).toBe('out/{main,preload,renderer}/**');
    expect(rest.every((pattern) => /^(package\.json$|node_modules\/)/.test(pattern))).toBe(true);
    expect(patterns).toContain('!node_modules/**');
  });

  it('ships every file of the libraries that modules of tokens are loaded by', () => {
    const patterns = config.files.flatMap(({ filter }) => filter);
    for (const name of ['pkcs11js', 'koffi']) {
      const pattern = patterns.find((each) => each.startsWith(`node_modules/${name}/`)) ?? '';
      const files = /\{(.+)\}$/.exec(pattern)?.[1]?.split(',') ?? [];
      expect(files).toContain('package.json');
      const missing = files.filter(
        (file) => globSync(path.join(root, 'node_modules', name, file)).length === 0,
      );
      expect([name, missing]).toEqual([name, []]);
    }
    const native = path.join(root, 'node_modules/@koromix/koffi-linux-x64/package.json');
    expect(existsSync(native)).toBe(true);
    expect(patterns).toContain('node_modules/@koromix/koffi-{linux,darwin,win32}-{x64,arm64}/**');
  });

  it('registers the link and the file that the wallet knows', () => {
    expect(config.protocols.flatMap(({ schemes }) => schemes)).toEqual([linkScheme]);
    expect(config.fileAssociations).toMatchObject([
      { ext: profileExtension.slice(1), mimeType: profileMediaType },
    ]);
    const metadata = z
      .object({ desktopName: z.string().regex(/\.desktop$/) })
      .parse(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')));
    expect(metadata.desktopName).toBe(`${String(config['appId'])}.desktop`);
  });

  it('names icons and entitlements that are there', () => {
    const { linux, mac, win } = config;
    for (const file of [linux.icon, mac.icon, mac.entitlements, win.icon]) {
      expect([file, existsSync(path.join(root, file))]).toEqual([file, true]);
    }
  });
});
