import { expect, test } from 'vitest';
import { windowsProgram } from '../testing/program-samples.ts';
import { SigningWorld } from '../testing/signing-world.ts';
import { VirtualTpm } from '../testing/tokens/virtual-tpm.ts';
import { signPrograms } from './sign-programs.ts';

test('osslsigncode signs with a key in the TPM, whose module runs in a process of its own', async () => {
  await using tpm = await VirtualTpm.start('chip');
  await using world = await SigningWorld.create(tpm);
  const credentialId = await world.credential('P-256');
  const source = await world.file('app.exe', windowsProgram());
  const destination = world.path('signed.exe');
  await signPrograms(
    {
      ...{ tool: 'osslsigncode', credentialId, files: [{ source, destination }] },
      ...{ signal: new AbortController().signal, signed: () => undefined },
    },
    world.rooms,
  );
  const verified = await world.judge('osslsigncode', 'verify', '-CAfile', 'root.pem', destination);
  expect(verified).toMatchObject({ code: 0 });
  expect(world.asked).toHaveLength(1);
});
