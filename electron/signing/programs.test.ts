import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomInt } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConfiguredProgram } from '../../shared/models/signing.ts';
import { madeUp } from '../testing/made-up.ts';
import { requireProgram } from '../testing/server-program.ts';
import { SigningWorld } from '../testing/signing-world.ts';
import { SoftHsm } from '../testing/tokens/soft-hsm.ts';
import { openSshConfiguration } from './openssh.ts';
import { openVpnConfiguration } from './openvpn.ts';
import { shellWord } from './shell-words.ts';
import type { SigningCredential } from './signing-credential.ts';
import { isTypeable } from './signing-program.ts';
import { signtool } from './signtool.ts';
import { sshPublicKey } from './ssh-public-key.ts';
import { strongSwanConfiguration } from './strongswan.ts';

let hsm: SoftHsm;
let world: SigningWorld;
let id: string;

beforeAll(async () => {
  requireProgram('openvpn', 'openvpn');
  requireProgram('ssh-agent', 'openssh-client');
  hsm = await SoftHsm.create("it's my/token");
  const { modulePath, env, token } = hsm;
  world = await SigningWorld.create({ modulePath, env, pin: token.pin });
  id = await world.credential('P-256');
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await hsm.stop();
});

const run = (program: string, words: readonly string[], env: NodeJS.ProcessEnv = process.env) =>
  promisify(execFile)(program, words, { env, timeout: 20_000 });

describe('commands for programs that sign', () => {
  test('are told with what is in their way, and no PIN is in them', async () => {
    const tools = await world.programs.signingTools(id);
    expect(tools.map(({ tool, obstacle }) => [tool, obstacle])).toEqual([
      ['osslsigncode', undefined],
      ['jarsigner', undefined],
      ['signtool', 'not-on-this-system'],
      ['codesign', 'not-on-this-system'],
      ['cosign', undefined],
      ['gpgsm', undefined],
      ['git', undefined],
      ['ssh-keygen', undefined],
    ]);
    expect(JSON.stringify(tools)).not.toContain(hsm.token.pin);
    expect(tools[0]?.ownCommand).toBe(
      `countersign sign --with osslsigncode --credential ${id} --pin-fd 0 FILE`,
    );
    expect(world.asked).toHaveLength(0);
    expect(await world.programs.configurations(id)).toEqual([]);
  });

  test('work in a shell as they are, with the PIN where the program asks for it', async () => {
    const tools = await world.programs.signingTools(id);
    const typed = (tool: string): string => tools.find((each) => each.tool === tool)?.command ?? '';
    const { javaArchive } = await import('../testing/program-samples.ts');
    await world.file('FILE', javaArchive());
    const jar = `cd ${world.directory} && printf '${hsm.token.pin}\\n' | ${typed('jarsigner')}`;
    expect(await world.judge('sh', '-c', jar)).toMatchObject({ code: 0 });
    const verified = await world.judge('jarsigner', '-verify', '-verbose', '-certs', 'signed-FILE');
    expect(verified.text).toContain(`CN=${id}`);

    const ask = await world.file('ask', `#!/bin/sh\necho ${hsm.token.pin}\n`);
    const lines = [
      `cd ${world.directory} && chmod 700 ask && eval "$(ssh-agent -s -a $PWD/agent)" >/dev/null`,
      `trap 'ssh-agent -k >/dev/null' EXIT`,
      typed('ssh-keygen'),
      'git init -q repository && cd repository && echo x >x && git add x',
      // The agent has the token already.
      typed('git')
        .replace(/^ssh-add.*\n/, '')
        .replace(' commit ', ' -c user.name=A -c user.email=a@b commit -qm x '),
      `echo "a@b $(cat ../signer.pub)" >../allowed`,
      'git -c gpg.ssh.allowedSignersFile=../allowed verify-commit HEAD',
      'ssh-keygen -Y verify -f ../allowed -I a@b -n file -s ../FILE.sig <../FILE',
      'echo more | cat ../FILE - >../changed',
      '! ssh-keygen -Y verify -f ../allowed -I a@b -n file -s ../FILE.sig <../changed',
    ];
    const environment = ['-i', ...environmentOf(world.env), `SSH_ASKPASS=${ask}`];
    const shell = ['SSH_ASKPASS_REQUIRE=force', 'sh', '-ec', lines.join('\n')];
    const { code, text } = await world.judge('env', ...environment, ...shell);
    expect({ code, text }).toEqual({ code: 0, text });
    expect(text).toContain('Good "file" signature for a@b');
    expect(text).toContain('Good "git" signature for a@b');
  });

  test('a key in software, one that wants its PIN each time, and one of another type are told', async () => {
    const software = { id: 'k', type: 'P-256', place: 'software', exportable: false } as const;
    const record = world.wallet.credentials.find(id);
    if (record === undefined) throw new Error('the credential is gone');
    world.wallet.credentials.save({ ...record, id: 'software', key: software });
    const tools = await world.programs.signingTools('software');
    expect(new Set(tools.map(({ obstacle }) => obstacle))).toEqual(
      new Set(['key-in-software', 'not-on-this-system']),
    );
    expect(tools.every(({ command }) => command === '')).toBe(true);
    const { obstacleOf } = await import('./signing-program.ts');
    const { osslsigncode } = await import('./osslsigncode.ts');
    const { cosign } = await import('./cosign.ts');
    const eachTime = credentialOf({}, { wantsPinEachTime: true });
    expect(obstacleOf(osslsigncode, eachTime)).toBe('pin-each-time');
    expect(obstacleOf(osslsigncode, credentialOf({ keyType: 'Ed25519' }))).toBe('key-type');
    expect(obstacleOf(cosign, eachTime)).toBeUndefined();
  });

  test('words reach a program through a shell as they were', async () => {
    for (let round = 0; round < madeUp(60); round += 1) {
      const word = hostile();
      const { stdout } = await run('sh', ['-c', `printf %s ${shellWord(word, 'linux')}`]);
      expect(stdout).toBe(word);
    }
    expect(() => shellWord('a\nb', 'linux')).toThrow(TypeError);
    expect(shellWord("it's", 'windows')).toBe("'it''s'");
    // PowerShell makes two words of the first; zsh, a Mac's shell, a path of the second.
    expect(shellWord('http://tsa.example/,/as', 'windows')).toBe("'http://tsa.example/,/as'");
    expect(shellWord('=ls', 'macos')).toBe("'=ls'");
  });

  test('there is no command for Windows of what PowerShell hands over as something else', () => {
    // PowerShell 5.1 ends the word there, and what follows would be words of its own.
    const broken = 'http://tsa.example/" /fd MD5 "';
    expect(() => shellWord(broken, 'windows')).toThrow(TypeError);
    expect(shellWord(broken, 'linux')).toBe(`'${broken}'`);
    for (const word of ['C:\\my files\\', '']) {
      expect(() => shellWord(word, 'windows')).toThrow(TypeError);
    }
    expect(shellWord('C:\\my files\\a.exe', 'windows')).toBe("'C:\\my files\\a.exe'");
    const windows = credentialOf({ system: 'windows', timestampUrl: broken });
    expect(isTypeable(signtool, windows)).toBe(false);
    expect(isTypeable(signtool, { ...windows, timestampUrl: 'http://tsa.example/' })).toBe(true);
    expect(isTypeable(signtool, { ...windows, system: 'linux' })).toBe(true);
  });
});

const environmentOf = (env: Readonly<Record<string, string | undefined>>): readonly string[] =>
  ['PATH', 'HOME', 'SOFTHSM2_CONF'].map((name) => `${name}=${env[name] ?? ''}`);

const characters = Array.from('ab0 \'"\\$`!;&|<>(){}[]*?~#%=/-äß漢🔑');
const hostile = (most = 24): string =>
  Array.from({ length: randomInt(1, most) }, () => characters[randomInt(characters.length)]).join(
    '',
  );

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

function credentialOf(
  changes: Partial<SigningCredential> = {},
  token: Partial<SigningCredential['token']> = {},
): SigningCredential {
  const identity = { label: 'work', manufacturer: 'M', model: 'N', serial: '12' };
  return {
    ...{ id: 'c', system: 'linux', keyType: 'P-256', place: 'token', publicKey, thumbprint: 'AB' },
    ...{ isInSystemStore: false, certificateFile: 'alex.pem' },
    token: {
      reference: { ...identity, modulePath: '/m.so' },
      ...{ modulePath: '/m.so', keyUri: 'pkcs11:serial=12;id=%a1;type=private' },
      ...{ certificateUri: 'pkcs11:serial=12;id=%a1;type=cert', keyId: 'a1', slot: '7' },
      ...{ certificateLabel: 'alex', isLabelUnique: true, isTpm: false, wantsPinEachTime: false },
      ...token,
    },
    ...changes,
  };
}

describe('texts for programs that sign in', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'countersign-texts-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  const put = async (name: string, text: string): Promise<string> => {
    await writeFile(join(directory, name), text);
    return join(directory, name);
  };
  const programsOf = (texts: readonly { readonly program: ConfiguredProgram }[]) =>
    texts.map(({ program }) => program);

  test('are there for credentials that let somebody in, without PIN and key', async () => {
    const record = world.wallet.credentials.find(id);
    if (record === undefined) throw new Error('the credential is gone');
    world.wallet.credentials.save({ ...record, id: 'client', purpose: 'client' });
    const texts = await world.programs.configurations('client');
    expect(programsOf(texts)).toEqual(['openvpn', 'strongswan', 'openssh']);
    expect(JSON.stringify(texts)).not.toMatch(new RegExp(`PRIVATE|pin *=|${hsm.token.pin}`));

    // OpenVPN lists the token's certificates by the names that its configurations have.
    const shown = await world.judge('openvpn', '--show-pkcs11-ids', hsm.modulePath);
    const listed = /Serialized id: +(\S+)/.exec(shown.text)?.[1] ?? '';
    const [text] = texts;
    const named = /pkcs11-id '(\S+)'/.exec(text?.text ?? '')?.[1] ?? '';
    const plain = (name: string): string =>
      name.replaceAll(/\\x([0-9a-f]{2})/gi, (_match, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      );
    expect(plain(named)).toBe(plain(listed));
    expect(listed).not.toBe('');
  });

  test('OpenVPN reads its text, whatever a token is called', async () => {
    for (let round = 0; round < madeUp(30); round += 1) {
      const label = hostile(7);
      const modulePath = `/${hostile()}`;
      const reference = { label, manufacturer: hostile(7), model: 'N', serial: '1', modulePath };
      const credential = credentialOf({}, { reference, modulePath });
      const text = openVpnConfiguration({ credential, roots: [] })?.text ?? '';
      // An unknown option behind it is the first thing that is wrong.
      const path = await put('openvpn.conf', `${text}no-such-option 1\n`);
      const { stdout } = await run('openvpn', ['--config', path]).catch(
        (error: unknown) => error as { stdout: string },
      );
      const line = text.split('\n').length;
      expect(stdout).toContain(`openvpn.conf:${line}: no-such-option`);
    }
  });

  test('OpenSSH reads a module’s path as it is, or is told nothing', async () => {
    const paths = Array.from({ length: madeUp(60) }, () => `/${hostile()}`);
    for (const modulePath of ["/it's #1 $HOME/~ %h.so", ...paths]) {
      const credential = credentialOf({}, { modulePath });
      const found = openSshConfiguration({ credential, roots: [] });
      expect(found === null).toBe(/["\\]/.test(modulePath));
      if (found === null) continue;
      const path = await put('ssh_config', found.text);
      const { stdout } = await run('ssh', ['-G', '-F', path, 'host.example.com']);
      expect(stdout).toContain(`\npkcs11provider ${modulePath}\n`);
    }
  });

  test('OpenSSH reads its text, and knows the key', async () => {
    const modulePath = '/usr/lib/my module/p11.so';
    const found = openSshConfiguration({ credential: credentialOf({}, { modulePath }), roots: [] });
    const path = await put('ssh_config', found?.text ?? '');
    const { stdout } = await run('ssh', ['-G', '-F', path, 'host.example.com']);
    expect(stdout).toContain(`pkcs11provider ${modulePath}\n`);
    const other = await run('ssh', ['-G', '-F', path, 'other.example.com']);
    expect(other.stdout).not.toContain(modulePath);
    const key = await put('key.pub', `${sshPublicKey(publicKey)}\n`);
    expect((await run('ssh-keygen', ['-l', '-f', key])).stdout).toContain('(ECDSA)');
    const long = credentialOf({}, { modulePath: `/${'a'.repeat(300)}` });
    // What OpenVPN would not read is not written.
    expect(openVpnConfiguration({ credential: long, roots: [] })).toBeNull();
    const unfit = credentialOf({}, { modulePath: '/a\nProxyCommand x' });
    expect(openSshConfiguration({ credential: unfit, roots: [] })).toBeNull();
    expect(openVpnConfiguration({ credential: unfit, roots: [] })).toBeNull();
    expect(strongSwanConfiguration({ credential: unfit, roots: [] })).toBeNull();
  });
});
