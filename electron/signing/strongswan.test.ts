import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { generateKeyPairSync, randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { madeUp } from '../testing/made-up.ts';
import { requireProgram, temporaryDirectory } from '../testing/server-program.ts';
import type { SigningCredential } from './signing-credential.ts';
import { strongSwanConfiguration } from './strongswan.ts';

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const software: SigningCredential = {
  ...{ id: 'c', system: 'linux', keyType: 'P-256', place: 'software', publicKey, thumbprint: 'AB' },
  ...{ isInSystemStore: false, certificateFile: 'alex.pem' },
};
const reference = {
  label: 'w',
  manufacturer: 'M',
  model: 'N',
  serial: '1',
  modulePath: '/m "x".so',
};
const onToken: SigningCredential = {
  ...software,
  place: 'token',
  token: {
    ...{ reference, modulePath: reference.modulePath, keyUri: '', certificateUri: '' },
    ...{ keyId: 'a1b2', slot: '7', certificateLabel: 'w', isLabelUnique: true },
    ...{ isTpm: false, wantsPinEachTime: false },
  },
};

const characters = Array.from('a0 \'"\\$`;#{}[]()=:,.%*~/-äß漢🔑');
const hostile = (): string =>
  Array.from({ length: randomInt(1, 24) }, () => characters[randomInt(characters.length)]).join('');

const settings = (directory: string): string => `charon-systemd {
  load_modular = no
  port = 0
  port_nat_t = 0
  load = random nonce aes sha1 sha2 hmac pem pkcs1 pkcs8 x509 pubkey gmp vici kernel-netlink socket-default
  plugins {
    vici {
      socket = unix://${directory}/vici
    }
  }
}
swanctl {
  load = pem pkcs1 x509 pubkey random
}
`;

test('strongSwan takes the connection, and looks for the key where the text says', async () => {
  requireProgram('swanctl', 'strongswan-swanctl');
  const { path: directory, remove } = await temporaryDirectory('strongswan');
  await writeFile(join(directory, 'strongswan.conf'), settings(directory));
  const env = { ...process.env, STRONGSWAN_CONF: join(directory, 'strongswan.conf') };
  // A network of its own: nothing of this computer's is touched, and no port is taken.
  const words = ['-n', 'setpriv', '--pdeathsig', 'KILL', '/usr/sbin/charon-systemd'];
  const charon = spawn('unshare', words, { env, stdio: 'ignore' });
  const load = async (text: string): Promise<string> => {
    const file = join(directory, 'swanctl.conf');
    await writeFile(file, text);
    const options = ['--load-all', '--noprompt', '--file', file];
    const uri = ['--uri', `unix://${directory}/vici`];
    const said = promisify(execFile)('swanctl', [...options, ...uri], { env, timeout: 20_000 });
    const { stdout, stderr } = await said.catch(
      (error: unknown) => error as { stdout: string; stderr: string },
    );
    return stdout + stderr;
  };
  try {
    await mkdir(join(directory, 'pkcs12'));
    const isThere = () =>
      stat(join(directory, 'vici')).then(
        () => true,
        () => false,
      );
    await expect.poll(isThere).toBe(true);

    const named = ['alex.p12', 'it"s # {a} \\ $x.p12', 'ünï 漢🔑.p12'];
    const madeUpNames = Array.from({ length: madeUp(40) }, () => `${hostile()}.p12`);
    for (const keyFile of [...named, ...madeUpNames]) {
      const text = strongSwanConfiguration({ credential: software, roots: [], keyFile })?.text;
      expect(await load(text ?? '')).toContain("loaded connection 'countersign'");
    }
    const text = strongSwanConfiguration({ credential: onToken, roots: [] })?.text ?? '';
    const said = await load(text);
    // Every option is known to it; there is no such token here.
    expect(said).toContain("loading 'token-countersign' failed: loading private key from token");
    expect(said).toContain("loading connection 'countersign' failed: unable to load certificate");
    expect(await load(text.replace('vips', 'no-such-option'))).toContain('unknown option');
    expect(await load(`${text}}`)).toContain('syntax error');
    expect(strongSwanConfiguration({ credential: software, roots: [] })).toBeNull();
    const keyFile = 'a\n}.p12';
    expect(strongSwanConfiguration({ credential: software, roots: [], keyFile })).toBeNull();
  } finally {
    charon.kill('SIGKILL');
    await once(charon, 'close');
    await remove();
  }
});
