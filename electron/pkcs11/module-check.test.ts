import { expect, it } from 'vitest';
import { ForkedProcessLauncher } from './forked-process.ts';
import { InstalledModules } from './modules/installed-modules.ts';
import { SoftHsm } from '../testing/tokens/soft-hsm.ts';
import { tokenProgram } from '../testing/tokens/token-world.ts';
import { ModuleError } from './token-error.ts';
import { Tokens } from './tokens.ts';

it('lets a module be handed on only as long as policy and file allow it', async () => {
  await using hsm = await SoftHsm.create('work');
  const { modulePath: path } = hsm;
  let onlyThese = false;
  let fault: ModuleError | null = null;
  const modules = new InstalledModules({
    wellKnown: [path],
    fromP11Kit: () => Promise.resolve([]),
    added: { list: () => [], add: () => undefined, remove: () => undefined },
    readPolicy: () => Promise.resolve({ pkcs11: { modules: [], onlyThese } }),
    check: { check: () => (fault === null ? Promise.resolve() : Promise.reject(fault)) },
    report: () => undefined,
  });
  const env = { ...process.env, ...hsm.env };
  const launcher = new ForkedProcessLauncher({ program: tokenProgram, env });
  const tokens = new Tokens({ modules, launcher, report: () => undefined });
  try {
    await expect(tokens.checkModule(path)).resolves.toBeUndefined();
    await expect(tokens.checkModule('/lib/elsewhere.so')).rejects.toMatchObject({
      reason: 'not-allowed',
    });
    // Both change while the module runs.
    onlyThese = true;
    await expect(tokens.checkModule(path)).rejects.toMatchObject({ reason: 'not-allowed' });
    onlyThese = false;
    fault = new ModuleError({ reason: 'unsafe', path });
    await expect(tokens.checkModule(path)).rejects.toBe(fault);
    await tokens.refresh();
    await expect(tokens.checkModule(path)).rejects.toMatchObject({ reason: 'unsafe' });
  } finally {
    await tokens.close();
  }
});
