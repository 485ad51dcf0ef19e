import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NetworkDescription } from '../../../shared/models/network.ts';
import { madeUp } from '../../testing/made-up.ts';
import { TestAuthority } from '../../testing/test-authority.ts';
import { keyfileOf } from './network-manager-keyfile.ts';
import {
  connectionUuid,
  mediaOf,
  settingsOf,
  type NetworkManagerConnection,
} from './network-manager-settings.ts';

const passphrase = 'correct-horse-battery-staple';
let directory: string;
let usual: NetworkManagerConnection;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keyfiles-'));
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const root = await TestAuthority.root();
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const file = join(directory, 'key.pem');
  const cipher = 'aes-256-cbc';
  await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem', cipher, passphrase }));
  usual = {
    uuid: connectionUuid('a', network, { kind: 'ethernet' }),
    ...{ id: 'Northlight', medium: { kind: 'wifi', ssid: 'Northlight' }, user: null, priority: 0 },
    ...{ outerIdentity: '@example.test', serverNames: ['radius.example.test'] },
    rootsFile: join(directory, 'roots.pem'),
    certificateFile: join(directory, 'certificate.pem'),
    key: { kind: 'file', file, passphrase },
  };
  await writeFile(usual.rootsFile, root.certificate);
  await writeFile(usual.certificateFile, await root.issue({ spki }));
  expect(new X509Certificate(root.certificate).ca).toBe(true);
});

afterAll(() => rm(directory, { recursive: true }));

const network: NetworkDescription = {
  ...{ id: 'corp', name: 'Northlight', source: 'organization', wired: true },
  ...{ ssids: ['Northlight', 'Northlight Guests'], serverNames: ['radius.example.test'] },
  ...{ serverRoots: [], outerIdentity: '@example.test' },
};

describe('a file for NetworkManager', () => {
  it('is read by nmcli as it was meant, for the air and for the wall', () => {
    expect(readBack(usual)).toMatchObject({
      connection: { id: 'Northlight', uuid: usual.uuid, type: 'wifi' },
      wifi: { ssid: 'Northlight' },
      'wifi-security': { 'key-mgmt': 'wpa-eap' },
      '802-1x': {
        ...{ eap: 'tls;', identity: '@example.test', 'domain-match': 'radius.example.test' },
        ...{ 'ca-cert': usual.rootsFile, 'client-cert': usual.certificateFile },
        'private-key-password': passphrase,
      },
    });
    const wired = readBack({ ...usual, medium: { kind: 'ethernet' }, user: 'alex', priority: 7 });
    expect(wired).toMatchObject({
      connection: { type: 'ethernet', permissions: 'user:alex:;', 'autoconnect-priority': '7' },
      '802-1x': { eap: 'tls;' },
    });
    expect(wired['wifi-security']).toBeUndefined();
  });

  it('leads to a key on a token, and leaves its PIN to the person', () => {
    const key = {
      kind: 'token',
      ...{
        modulePath: '/usr/lib/module.so',
        certificateUri: 'pkcs11:token=a%20b;id=%01;type=cert',
      },
      privateKeyUri: 'pkcs11:token=a%20b;id=%01;type=private',
    } as const;
    const read = readBack({ ...usual, key })['802-1x'];
    expect(read).toMatchObject({
      ...{ 'private-key': key.privateKeyUri, 'client-cert': usual.certificateFile },
      'private-key-password-flags': '1',
    });
    expect(read).not.toHaveProperty('private-key-password');
    const withPin = { ...key, privateKeyUri: `${key.privateKeyUri}?pin-value=123456` };
    expect(() => keyfileOf({ ...usual, key: withPin })).toThrow(/address of the key/);
  });

  it('has whatever text somebody thought of exactly where it belongs, or is not written', () => {
    fc.assert(
      fc.property(hostile, hostile, (id, ssid) => {
        const text = tried({ ...usual, id, medium: { kind: 'wifi', ssid } });
        if (text === null) return;
        const { connection, wifi, '802-1x': eap } = parsed(offline(text));
        expect(connection).toMatchObject({ id, uuid: usual.uuid, type: 'wifi' });
        expect(wifi?.['ssid']).toBe(ssid);
        expect(Object.keys(eap ?? {})).toHaveLength(7);
      }),
      { numRuns: madeUp(300) },
    );
  });

  it('takes no path, name or identity that one of the ways into NetworkManager would change', () => {
    const paths = [
      '/home/a b/x',
      '/home/a/../x',
      'x',
      '/a\nb',
      '/a\0',
      `/${'x'.repeat(500)}`,
      '/"',
    ];
    for (const path of paths) {
      expect(() => keyfileOf({ ...usual, rootsFile: path })).toThrow(/path/);
      expect(() => keyfileOf({ ...usual, certificateFile: path })).toThrow(/path/);
    }
    const values: readonly Partial<NetworkManagerConnection>[] = [
      ...['a;user:root', 'a:b', '', '-a', 'ä'].map((user) => ({ user })),
      ...['alex@example.test', '@example.test\n', '@', ''].map((outerIdentity) => ({
        outerIdentity,
      })),
      ...[[], ['*.example.test'], ['a.test;b.test'], ['a'], ['']].map((serverNames) => ({
        serverNames,
      })),
      ...[1000, 0.5, Number.NaN].map((priority) => ({ priority })),
      { key: { kind: 'file', file: usual.rootsFile, passphrase: 'two words and more' } },
      { uuid: 'not-a-uuid' },
    ];
    for (const value of values) {
      expect(() => settingsOf({ ...usual, ...value })).toThrow(/cannot be told to NetworkManager/);
    }
  });

  it('is called the same each time, and each way into a network by a name of its own', () => {
    const uuids = mediaOf(network).map((medium) => connectionUuid('a', network, medium));
    expect(new Set(uuids).size).toBe(3);
    expect(mediaOf(network).map((medium) => connectionUuid('a', network, medium))).toEqual(uuids);
    expect(connectionUuid('b', network, { kind: 'ethernet' })).not.toBe(uuids[2]);
    // RFC 9562 §5.5
    for (const uuid of uuids) expect(uuid[14]).toBe('5');
  });
});

/** Texts that mean something to key files, shells, lists and terminals, or are no text at all. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        ...[
          '\\',
          ';',
          '=',
          '[',
          ']',
          '#',
          ' ',
          '"',
          "'",
          '\n',
          '\r',
          '\t',
          '\0',
          '\\s',
          '\\n',
          'ü',
        ],
        ...[
          '\n[802-1x]\n',
          'ca-cert=',
          '1;2;',
          '\ud800',
          '\u202e',
          '%s',
          '$(x)',
          '..',
          '/',
          'file://',
        ],
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
);

function tried(connection: NetworkManagerConnection): string | null {
  try {
    return keyfileOf(connection);
  } catch (error) {
    expect(error).toMatchObject({ code: 'install', reason: 'refused' });
    return null;
  }
}

type Sections = Readonly<Record<string, Record<string, string> | undefined>>;

const readBack = (connection: NetworkManagerConnection): Sections =>
  parsed(offline(keyfileOf(connection)));

/** What NetworkManager's own reader and writer make of it. */
function offline(text: string): string {
  const input = { input: text, encoding: 'utf8', env: { PATH: process.env['PATH'] } } as const;
  return execFileSync('nmcli', ['--offline', 'connection', 'modify', 'connection.zone', ''], input);
}

function parsed(text: string): Sections {
  const sections: Record<string, Record<string, string>> = {};
  let section: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const heading = /^\[(.*)\]$/.exec(line)?.[1];
    if (heading !== undefined) section = sections[heading] = {};
    const [, name, value] = /^([a-z0-9-]+)=(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    section[name] = name === 'ssid' ? ssidIn(value) : unescaped(value);
  }
  return sections;
}

/** Text, where NetworkManager finds that it reads well; octets otherwise. */
function ssidIn(value: string): string {
  if (/^(\d+;)+$/.test(value))
    return Buffer.from(value.split(';').slice(0, -1).map(Number)).toString();
  return unescaped(value).replaceAll('\\;', ';');
}

const unescaped = (value: string): string =>
  value.replaceAll(/\\([sntr\\])/g, (_all, letter: string) => {
    const letters: Record<string, string> = { s: ' ', n: '\n', t: '\t', r: '\r' };
    return letters[letter] ?? letter;
  });
