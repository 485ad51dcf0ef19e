import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { P11Kit } from '../../pkcs11/modules/p11-kit.ts';
import { refuseUnknownModule } from './known-module.ts';

let directory: string;
let module: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'countersign-modules-'));
  await mkdir(join(directory, 'modules'));
  module = join(directory, 'libcard.so.1');
  await writeFile(module, '');
});
afterEach(() => rm(directory, { recursive: true }));

const look = (path: string): Promise<void> => {
  const nowhere = join(directory, 'nowhere');
  const location = {
    ...{ systemConfiguration: nowhere, personConfiguration: nowhere, personModules: nowhere },
    ...{ systemModules: [join(directory, 'modules')], moduleDirectories: [directory] },
  };
  const report = (_doing: string, error: unknown): never => {
    throw error;
  };
  const p11Kit = new P11Kit({ location, program: 'wpa_supplicant', isRoot: true, report });
  return refuseUnknownModule(path, () => p11Kit.modules());
};

const tell = (text: string): Promise<void> =>
  writeFile(join(directory, 'modules', 'card.module'), text);

test('a module that p11-kit knows is one that NetworkManager finds, by whatever name', async () => {
  await tell('module: libcard.so\n');
  await symlink('libcard.so.1', join(directory, 'libcard.so'));
  await expect(look(module)).resolves.toBeUndefined();
  await expect(look('/usr/lib/p11-kit-proxy.so')).resolves.toBeUndefined();
});

test.each([
  ['nobody told p11-kit of', '# nothing\n'],
  ['p11-kit knows another of', 'module: /usr/lib/other.so\n'],
  ['p11-kit keeps from network programs', 'module: libcard.so.1\ndisable-in: wpa_supplicant\n'],
  ['p11-kit offers to others alone', 'module: libcard.so.1\nenable-in: countersign\n'],
])('a module that %s is refused, and it is said what to do', async (_why, text) => {
  await tell(text);
  await expect(look(module)).rejects.toMatchObject({
    ...{ code: 'install', target: 'network-manager', reason: 'unsuitable' },
    detail: expect.stringContaining(`"module: ${module}"`) as string,
  });
});

test('a module that is not there is refused', async () => {
  await tell('module: libgone.so\n');
  await expect(look(join(directory, 'libgone.so'))).rejects.toMatchObject({ reason: 'unsuitable' });
});
