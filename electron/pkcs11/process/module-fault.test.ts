import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { temporaryDirectory } from '../../testing/server-program.ts';
import { SoftHsm } from '../../testing/tokens/soft-hsm.ts';
import { entrySource, SmallLibraries } from '../../testing/tokens/small-libraries.ts';
import { Cryptoki } from './cryptoki.ts';
import { moduleFaultOf, type ModuleRefusal } from './module-fault.ts';

let libraries: SmallLibraries;
let remove: () => Promise<void>;
beforeAll(async () => {
  const temporary = await temporaryDirectory('module-fault');
  libraries = new SmallLibraries(temporary.path);
  remove = temporary.remove;
});
afterAll(() => remove());

function refusalOf(path: string): ModuleRefusal | null {
  try {
    Cryptoki.open(path).close();
    return null;
  } catch (error) {
    return moduleFaultOf(error);
  }
}

it('names a part that the loader does not find', async () => {
  const part = await libraries.build('part', 'int part(void) { return 5; }');
  const source = `int part(void); ${entrySource} int whole(void) { return part(); }`;
  const path = await libraries.build('whole', source, '-L.', '-lpart');
  await rm(part);
  expect(refusalOf(path)).toEqual({ moduleFault: 'dependency-missing' });
});

it('names a library without the entry of PKCS #11', async () => {
  const path = await libraries.build('other', 'int other(void) { return 1; }');
  expect(refusalOf(path)).toEqual({ moduleFault: 'not-pkcs11' });
});

it('names what a module answers that does not want to begin', async () => {
  const path = await libraries.build('unwilling', entrySource);
  const refusal = { moduleFault: 'initialize-failed', detail: 'CKR_GENERAL_ERROR' };
  expect(refusalOf(path)).toEqual(refusal);
});

it('opens a module that lacks only what it never calls', async () => {
  await using hsm = await SoftHsm.create();
  vi.stubEnv('SOFTHSM2_CONF', hsm.env['SOFTHSM2_CONF']);
  const source = `
    #include <dlfcn.h>
    int nowhere(void);
    int unused(void) { return nowhere(); }
    unsigned long C_GetFunctionList(void **list) {
      void *inside = dlopen("/usr/lib/softhsm/libsofthsm2.so", RTLD_NOW | RTLD_LOCAL);
      return ((unsigned long (*)(void **))dlsym(inside, "C_GetFunctionList"))(list);
    }`;
  const path = await libraries.build('lazy', source, '-ldl', '-Wl,-z,lazy');
  expect(refusalOf(path)).toBe(null);
  vi.unstubAllEnvs();
});
