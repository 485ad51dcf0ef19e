import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { jarsigner, runnableJarsigner } from './jarsigner.ts';
import type { SigningCredential } from './signing-credential.ts';
import type { SignRun } from './signing-run.ts';

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** As an organisation's profile, or whoever wrote on the token, calls the certificate there. */
const called = (certificateLabel: string): SigningCredential => ({
  ...{ id: 'one', system: 'linux', keyType: 'P-256', place: 'token', publicKey },
  ...{ thumbprint: 'AB', isInSystemStore: false, certificateFile: 'one.pem' },
  token: {
    reference: {
      ...{ modulePath: '/usr/lib/module.so', label: 'my token', serial: '1' },
      ...{ manufacturer: 'SoftHSM', model: 'v2' },
    },
    ...{ modulePath: '/usr/lib/module.so', keyUri: 'pkcs11:id=%01', certificateUri: 'pkcs11:' },
    ...{ keyId: '01', slot: '1', certificateLabel, isLabelUnique: true },
    ...{ isTpm: false, wantsPinEachTime: false },
  },
});

async function wordsOfRun(label: string): Promise<readonly string[]> {
  const words: string[] = [];
  const run: SignRun = {
    ...{ directory: '/nowhere', input: 'input.jar', output: 'output.jar', chain: '' },
    ...{ hasRoots: false, hasTimestampRoots: false, roots: [], serverRoots: [] },
    ...{ credential: called(label), modulePath: '/usr/lib/module.so' },
    ...{ pin: null, hasPinPad: false },
    tool: (_program, parameters) => {
      words.push(...parameters);
      return Promise.resolve({ exitCode: 0, stdout: Buffer.alloc(0), stderr: '' });
    },
  };
  await runnableJarsigner.sign(run);
  return words;
}

// The JDK's launcher takes the first for the virtual machine's, wherever it stands: it would open a port for debuggers.
const hostile = [
  '-J-agentlib:jdwp=transport=dt_socket,server=y,suspend=y,address=*:5005',
  '-keystore',
  'two\nlines',
];

describe('what a certificate is called on its token', () => {
  test.each(hostile)('is no option of the program: %j', async (label) => {
    await expect(wordsOfRun(label)).rejects.toMatchObject({ code: 'signing' });
    expect(jarsigner.lines(called(label)).flat().at(-1)).toBe('ALIAS');
  });

  test('is the alias else', async () => {
    expect((await wordsOfRun("Alex's key - 2")).at(-1)).toBe("Alex's key - 2");
    expect(jarsigner.lines(called('Alex')).flat().at(-1)).toBe('Alex');
  });
});
