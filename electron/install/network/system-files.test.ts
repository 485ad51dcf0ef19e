import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { madeUp } from '../../testing/made-up.ts';
import { InstallError } from '../install-target.ts';
import { SystemFiles, type SystemFilesOptions } from './system-files.ts';

let home: string;
let directory: string;
let elevate: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'countersign-system-files-'));
  directory = join(home, 'etc');
  elevate = join(home, 'elevate');
  // As pkexec, which leaves the standard input and the words as they are; but for the owner, who may be somebody else here.
  const but = 'case "$word" in -o|-g|root) ;; *) set -- "$@" "$word";; esac';
  await elevateBy(`for word do shift; ${but}; done; exec "$@"`);
  await writeFile(join(home, 'own'), 'passphrase=secret\n', { mode: 0o600 });
});
afterEach(() => rm(home, { recursive: true }));

const elevateBy = (script: string): Promise<void> =>
  writeFile(elevate, `#!/bin/sh\necho "$@" >>'${home}/words'\n${script}\n`, { mode: 0o700 });

const filesOf = (difference: Partial<SystemFilesOptions> = {}): SystemFiles =>
  new SystemFiles({
    ...{ target: 'wpa-supplicant', directory, elevate, isAdministrator: false, ...difference },
  });

describe('a network program’s own files', () => {
  it.each([true, false])('come and go (as administrator: %j)', async (isAdministrator) => {
    const files = filesOf({ isAdministrator });
    await files.check();
    await files.put('countersign-1.conf', join(home, 'own'));
    const path = files.pathOf('countersign-1.conf');
    expect(await readFile(path, 'utf8')).toBe('passphrase=secret\n');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await files.remove('countersign-1.conf');
    await files.remove('countersign-1.conf');
    expect(await readdir(directory)).toEqual([]);
  });

  it('are written by words that are ours, with nothing of what is in them', async () => {
    const files = filesOf();
    await files.putKeeping('My net-1.8021x', join(home, 'own'));
    await files.remove('countersign-1.conf');
    await files.remove('My net-1.8021x', 'unknown');
    expect((await readFile(join(home, 'words'), 'utf8')).split('\n')).toEqual([
      `/usr/bin/install -D -m 0600 -o root -g root -v --backup=simple --suffix=.before-countersign /dev/stdin ${directory}/My net-1.8021x`,
      `/usr/bin/rm -f -- ${directory}/countersign-1.conf`,
      `/usr/bin/mv -f -T -- ${directory}/My net-1.8021x.before-countersign ${directory}/My net-1.8021x`,
      `/usr/bin/rm -f -- ${directory}/My net-1.8021x`,
      '',
    ]);
  });

  it('have no name that leads elsewhere, or that a program would read as an option', async () => {
    const files = filesOf();
    const parts = [
      'a',
      '/',
      '..',
      '-',
      '=',
      ' ',
      '\n',
      '\0',
      '.conf',
      '.8021x',
      '~',
      '$',
      '\ud800',
    ];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...parts), { maxLength: 8 }), async (some) => {
        const name = some.join('');
        try {
          const path = files.pathOf(name);
          expect(path.startsWith(`${directory}/`)).toBe(true);
          expect(path.slice(directory.length + 1)).toMatch(/^[^/\0\n]+\.(?:conf|8021x)$/);
        } catch (error) {
          expect(error).toBeInstanceOf(InstallError);
          await expect(files.remove(name)).rejects.toBeInstanceOf(InstallError);
        }
      }),
      { numRuns: madeUp(1000) },
    );
    await expect(readFile(join(home, 'words'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('stay as they are when nobody gives a password, and when there is nothing to ask for one', async () => {
    await elevateBy('exit 126');
    const refused = { code: 'install', reason: 'store-not-writable', detail: directory };
    await expect(filesOf().put('a.conf', join(home, 'own'))).rejects.toMatchObject(refused);
    const without = filesOf({ elevate: join(home, 'nothing') });
    const missing = { code: 'install', reason: 'tool-missing', detail: join(home, 'nothing') };
    await expect(without.check()).rejects.toMatchObject(missing);
    await expect(without.remove('a.conf')).rejects.toMatchObject(missing);
  });
});
