import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NetworkDescription } from '../../../shared/models/network.ts';
import { madeUp } from '../../testing/made-up.ts';
import { requireProgram } from '../../testing/server-program.ts';
import { TestAuthority } from '../../testing/test-authority.ts';
import { InstallError } from '../install-target.ts';
import type { KeyByUri } from './key-files.ts';
import {
  networkBlock,
  wifiConfiguration,
  wiredConfiguration,
  type SignIn,
  type SupplicantWish,
} from './wpa-supplicant-conf.ts';

let directory: string;
let root: string;
beforeAll(async () => {
  requireProgram('eapol_test', 'eapoltest');
  directory = await mkdtemp(join(tmpdir(), 'wpa-conf-'));
  const pem = (await TestAuthority.root()).certificate;
  root = pem.replaceAll(/-----.*-----|\s/g, '');
});
afterAll(() => rm(directory, { recursive: true }));

/** What wpa_supplicant's own parser has made of the networks of a file: settings by name, as octets. */
async function parsed(configuration: string): Promise<readonly ReadonlyMap<string, string>[]> {
  const file = join(directory, `${randomBytes(6).toString('hex')}.conf`);
  await writeFile(file, configuration);
  // It says what it reads, finds no server, and ends.
  const output = await new Promise<string>((resolve) => {
    const words = ['-c', file, '-a', '127.0.0.1', '-p', '9', '-r', '0', '-t', '0', '-n'];
    execFile('eapol_test', words, { encoding: 'latin1' }, (_error, stdout) => resolve(stdout));
  });
  await rm(file);
  const networks: Map<string, string>[] = [];
  const lines = output.split('\n');
  for (const [index, line] of lines.entries()) {
    if (line.startsWith('Authentication server')) break;
    if (/^Line \d+: (?!.*start of a new network block)/i.test(line)) throw new Error(line);
    if (line.endsWith('start of a new network block')) networks.push(new Map());
    const head = /^(\w+) - hexdump_ascii\(len=\d+\):/.exec(line)?.[1];
    if (head !== undefined) networks.at(-1)?.set(head, octetsBelow(lines, index).toString());
    const plain = /^(key_mgmt|ieee80211w|eapol_flags|engine)[:=] ?(.*)$/.exec(line);
    if (plain) networks.at(-1)?.set(plain[1] ?? '', plain[2] ?? '');
  }
  return networks;
}

/** Sixteen to a line, in hexadecimal digits, and then as text. */
function octetsBelow(lines: readonly string[], heading: number): Buffer {
  const octets: number[] = [];
  for (const line of lines.slice(heading + 1)) {
    const digits = /^ {5}((?:[0-9a-f]{2} |[ ]{3}){16})/.exec(line.padEnd(80))?.[1];
    if (digits === undefined) break;
    octets.push(
      ...digits
        .trim()
        .split(/ +/)
        .map((each) => Number.parseInt(each, 16)),
    );
    if (digits.trimEnd().length < 47) break;
  }
  return Buffer.from(octets);
}

const network = (difference: Partial<NetworkDescription> = {}): NetworkDescription => ({
  ...{ id: 'one', name: 'one', source: 'organization', ssids: ['Northlight'], wired: true },
  ...{ serverNames: ['a.example.test', 'b.example.test'], serverRoots: [root] },
  ...{ outerIdentity: '@example.test', ...difference },
});

const signIn = (home = '/home/alex'): SignIn => ({
  certificateFile: `${home}/certificate.pem`,
  rootsFile: () => `${home}/roots.pem`,
  key: { kind: 'file', file: `${home}/key.pem`, passphrase: 'passphrase' },
});

const wish = (difference: Partial<SupplicantWish> = {}): SupplicantWish => ({
  ...{ target: 'wpa-supplicant', networks: [network()], signIn: signIn(), mark: 'mark' },
  ...difference,
});

describe('a configuration of wpa_supplicant', () => {
  it('is what its own parser reads', async () => {
    const [wifi] = await parsed(wifiConfiguration(wish()) ?? '');
    expect(Object.fromEntries(wifi ?? [])).toMatchObject({
      ssid: 'Northlight',
      ieee80211w: '1 (0x1)',
      identity: '@example.test',
      ca_cert: '/home/alex/roots.pem',
      domain_match: 'a.example.test;b.example.test',
      client_cert: '/home/alex/certificate.pem',
      private_key: '/home/alex/key.pem',
    });
    const [wired] = await parsed(wiredConfiguration(wish()) ?? '');
    expect(wired?.get('key_mgmt')).toBe('0x8');
    expect(wired?.has('ssid')).toBe(false);
  });

  it('names keys on tokens, and how they are reached', async () => {
    const key: KeyByUri = {
      ...{ kind: 'token', modulePath: '/usr/lib/module.so' },
      ...{ privateKeyUri: 'pkcs11:token=a%20%22;id=%01;type=private', certificateUri: 'pkcs11:' },
    };
    const onToken = wish({ signIn: { ...signIn(), key }, engine: '/usr/lib/pkcs11.so' });
    const text = wifiConfiguration(onToken) ?? '';
    expect(text).toContain(
      '\npkcs11_engine_path=/usr/lib/pkcs11.so\npkcs11_module_path=/usr/lib/module.so\n',
    );
    const [parsedNetwork] = await parsed(text);
    expect(parsedNetwork?.get('key_id')).toBe(key.privateKeyUri);
    expect(text).not.toMatch(/^\tpin=/m);
    const hostile = { ...key, modulePath: '/a\nctrl_interface=/tmp' };
    expect(() => wifiConfiguration({ ...onToken, signIn: { ...signIn(), key: hostile } })).toThrow(
      InstallError,
    );
  });

  it('is not made of networks that are not pinned', () => {
    for (const difference of [
      { serverNames: [] },
      { serverRoots: [] },
      { serverNames: ['a.example.test;*'] },
      { serverNames: ['a"\n\tca_cert="x'] },
      { outerIdentity: 'alex@example.test' },
      { ssids: ['one\n}'] },
      { ssids: ['much longer than a network’s name can be'] },
      { ssids: ['half \ud83d'] },
    ]) {
      expect(() => wifiConfiguration(wish({ networks: [network(difference)] }))).toThrow(
        InstallError,
      );
    }
  });

  it('has whatever it is told, or is refused', async () => {
    const pieces = [
      '"',
      '#',
      '\\',
      '}',
      'P"',
      '=',
      ' ',
      '\t',
      'ü',
      '网',
      '🛜',
      "'",
      'a',
      '0x',
      '\r',
    ];
    const refused = ['\0', '\ud800', 'x'.repeat(1000)];
    const any = (from: readonly string[]): string =>
      from[Math.floor(Math.random() * from.length)] ?? '';
    for (let round = 0; round < madeUp(60); round += 1) {
      const made = Array.from({ length: 1 + (round % 9) }, () =>
        any(Math.random() < 0.05 ? refused : pieces),
      ).join('');
      const home = `/home/${made}`;
      // No network is called what cannot be shown.
      const ssids = [
        `a${Array.from(made.replaceAll(/[\t\r\0\ud800]/gu, ''))
          .slice(0, 7)
          .join('')}`,
      ];
      let text: string | null;
      try {
        text = wifiConfiguration(wish({ networks: [network({ ssids })], signIn: signIn(home) }));
      } catch (error) {
        expect(error).toBeInstanceOf(InstallError);
        continue;
      }
      const found = await parsed(text ?? '');
      expect(found).toHaveLength(1);
      expect(found[0]?.get('ssid')).toBe(ssids[0]);
      expect(found[0]?.get('private_key')).toBe(`${home}/key.pem`);
      expect(found[0]?.get('ca_cert')).toBe(`${home}/roots.pem`);
    }
  });

  it('has no line that would be read as two', () => {
    expect(() => networkBlock([['ca_cert', `"${'a'.repeat(2000)}"`]], 'wpa-supplicant')).toThrow(
      InstallError,
    );
  });
});
