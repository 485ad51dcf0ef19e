import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, randomUUID, X509Certificate, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NetworkDescription } from '../../../shared/models/network.ts';
import { derOf } from '../../certificates/pem.ts';
import { madeUp } from '../../testing/made-up.ts';
import { hostileNetwork, hostileText, soundNetwork } from '../../testing/made-up-networks.ts';
import { readPlist, type ReadValue } from '../../testing/read-plist.ts';
import { TestAuthority } from '../../testing/test-authority.ts';
import { withCredentialSigner } from '../credential-signer.ts';
import { InstallError } from '../install-target.ts';
import {
  mobileconfig,
  nameBasedUuid,
  profileIdentifier,
  signedMobileconfig,
  type NetworkProfile,
} from './mobileconfig.ts';

let directory: string;
let network: NetworkDescription;
let profile: NetworkProfile;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'countersign-mobileconfig-'));
  network = await soundNetwork();
  profile = {
    id: randomUUID(),
    networks: [network],
    identity: { kind: 'keychain' },
    displayName: 'Wi-Fi of Example',
    organization: 'Example',
    expires: new Date('2027-05-06T07:08:09.123Z'),
  };
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe('a configuration profile for a Mac', () => {
  it('has Wi-Fi and wire, which name server and roots and leave nothing to the person', () => {
    const { PayloadContent: payloads } = dictionary(readPlist(mobileconfig(profile)));
    const all = list(payloads).map(dictionary);
    expect(all.map(({ PayloadType }) => PayloadType)).toEqual([
      'com.apple.security.root',
      'com.apple.wifi.managed',
      'com.apple.wifi.managed',
      'com.apple.firstactiveethernet.managed',
    ]);
    const [root, ...uses] = all;
    expect(root?.['PayloadContent']).toEqual(Buffer.from(network.serverRoots[0] ?? '', 'base64'));
    for (const use of uses) {
      expect(use['EAPClientConfiguration']).toEqual({
        AcceptEAPTypes: [13],
        TLSTrustedServerNames: [...network.serverNames],
        PayloadCertificateAnchorUUID: [root?.['PayloadUUID']],
        TLSAllowTrustExceptions: false,
        TLSCertificateIsRequired: true,
        TLSMinimumVersion: '1.2',
        TLSMaximumVersion: '1.3',
        UserName: '@example.test',
        OuterIdentity: '@example.test',
      });
    }
    expect(uses.map(({ SSID_STR }) => SSID_STR)).toEqual([...network.ssids, undefined]);
  });

  it('has each key of Apple’s tables that is required, with a value of its type', () => {
    const top = dictionary(readPlist(mobileconfig(profile)));
    expect(top).toMatchObject({
      ...{ PayloadType: 'Configuration', PayloadVersion: 1, PayloadScope: 'User' },
      ...{
        PayloadIdentifier: profileIdentifier(profile.id),
        PayloadDisplayName: 'Wi-Fi of Example',
      },
      RemovalDate: new Date('2027-05-06T07:08:09Z'),
    });
    const payloads = [top, ...list(top['PayloadContent']).map(dictionary)];
    for (const payload of payloads) {
      expect(payload['PayloadVersion']).toBe(1);
      expect(payload['PayloadUUID']).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(payload['PayloadIdentifier']).toMatch(/^org\.countersign\.network\.[0-9a-f.-]+$/);
    }
    const unique = (key: string) => new Set(payloads.map((payload) => payload[key])).size;
    expect([unique('PayloadUUID'), unique('PayloadIdentifier')]).toEqual([5, 5]);
  });

  it('is the same whenever it is made, and another one for another credential', () => {
    expect(mobileconfig(profile)).toBe(mobileconfig(profile));
    const other = mobileconfig({ ...profile, id: randomUUID() });
    const uuids = (text: string): readonly string[] =>
      text.match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? [];
    const common = uuids(other).filter((uuid) => uuids(mobileconfig(profile)).includes(uuid));
    expect(common).toEqual([]);
    expect(nameBasedUuid('a')).toMatch(/^.{14}5.{4}[89ab]/);
  });

  it('brings a PKCS #12 file along without its passphrase, and has the networks use it', () => {
    const identity = { kind: 'pkcs12', data: Buffer.from('a file') } as const;
    const text = mobileconfig({ ...profile, identity });
    expect(text).not.toContain('Password');
    const payloads = list(dictionary(readPlist(text))['PayloadContent']).map(dictionary);
    const identities = payloads.filter(
      ({ PayloadType }) => PayloadType === 'com.apple.security.pkcs12',
    );
    expect(identities).toEqual([
      expect.objectContaining({ PayloadContent: Buffer.from('a file'), KeyIsExtractable: false }),
    ]);
    const uses = payloads.filter((payload) => 'EAPClientConfiguration' in payload);
    expect(new Set(uses.map((use) => use['PayloadCertificateUUID']))).toEqual(
      new Set([identities[0]?.['PayloadUUID']]),
    );
  });

  it('has the Mac itself get a certificate by ACME, for a key in its Secure Enclave', () => {
    const request = {
      directoryUrl: 'https://ca.example.test/directory',
      ...{ clientIdentifier: 'C02XYZ', commonName: 'Alex', emailAddress: 'alex@example.test' },
    };
    const text = mobileconfig({ ...profile, identity: { kind: 'acme', request } });
    const payloads = list(dictionary(readPlist(text))['PayloadContent']).map(dictionary);
    const found = payloads.find(({ PayloadType }) => PayloadType === 'com.apple.security.acme');
    expect(found).toMatchObject({
      ...{ DirectoryURL: request.directoryUrl, ClientIdentifier: 'C02XYZ' },
      ...{ KeyType: 'ECSECPrimeRandom', KeySize: 256, HardwareBound: true, Attest: true },
      ...{ Subject: [[['CN', 'Alex']]], SubjectAltName: { rfc822Name: 'alex@example.test' } },
      ...{ UsageFlags: 1, ExtendedKeyUsage: ['1.3.6.1.5.5.7.3.2'] },
    });
    const insecure = { ...request, directoryUrl: 'http://ca.example.test/' };
    expect(() =>
      mobileconfig({ ...profile, identity: { kind: 'acme', request: insecure } }),
    ).toThrow(TypeError);
  });

  it.each([
    ['no server names', { serverNames: [] }],
    ['no roots', { serverRoots: [] }],
    ['somebody’s name for the outer identity', { outerIdentity: 'alex@example.test' }],
    ['no network', { ssids: [], wired: false }],
  ])('is refused with %s', (_what, members) => {
    expect(() => mobileconfig({ ...profile, networks: [{ ...network, ...members }] })).toThrow(
      expect.objectContaining({ code: 'install', target: 'macos-network', reason: 'refused' }),
    );
  });

  it('is refused, or read by a strict parser as exactly what was put in', () => {
    let written = 0;
    const property = fc.property(hostileNetwork(network), hostileText, (hostile, displayName) => {
      const text = orRefused({ ...profile, networks: [hostile], displayName });
      if (text === null) return;
      written += 1;
      const top = dictionary(readPlist(text));
      expect(top['PayloadDisplayName']).toBe(displayName);
      const payloads = list(top['PayloadContent']).map(dictionary);
      const wifi = payloads.filter(({ PayloadType }) => PayloadType === 'com.apple.wifi.managed');
      expect(wifi.map(({ SSID_STR }) => SSID_STR)).toEqual([...new Set(hostile.ssids)]);
    });
    fc.assert(property, { numRuns: madeUp(2_000) });
    expect(written).toBeGreaterThan(madeUp(2_000) / 100);
  });

  it('is read by libplist as the same', () => {
    const texts = fc
      .sample(hostileText, madeUp(600))
      .flatMap((displayName) => orRefused({ ...profile, displayName }) ?? [])
      .slice(0, 20);
    const returning = mobileconfig({ ...profile, displayName: 'a\rb\r\n' });
    for (const text of [mobileconfig(profile), returning, ...texts]) {
      expect(readPlist(throughLibplist(text))).toEqual(readPlist(text));
    }
  });
});

describe('the signature of a profile', () => {
  // OpenSSL 3.0 reads no Ed25519 in CMS; cms-signed-data.test.ts has it read by others.
  it.each(['rsa', 'ec'] as const)('is verified by OpenSSL with a key of %s', async (kind) => {
    const keys = pairs[kind]();
    const root = await TestAuthority.root();
    const intermediate = await root.intermediate();
    const spki = keys.publicKey.export({ format: 'der', type: 'spki' });
    const certificate = derOf(await intermediate.issue({ spki }));
    const pkcs8 = Uint8Array.from(keys.privateKey.export({ format: 'der', type: 'pkcs8' }));
    const chain = [new X509Certificate(intermediate.certificate).raw];
    const credential = {
      ...{ credentialId: profile.id, certificate, chain },
      exportPkcs8: () => Promise.resolve(pkcs8),
    };
    const text = mobileconfig(profile);
    const signed = await withCredentialSigner(credential, (signer) =>
      signedMobileconfig(text, { signer, certificate, chain }),
    );
    const [file, trust] = [join(directory, `${kind}.mobileconfig`), join(directory, `${kind}.pem`)];
    writeFileSync(file, signed);
    writeFileSync(trust, root.certificate);
    const verify = ['cms', '-verify', '-binary', '-inform', 'DER', '-in', file];
    const read = execFileSync('openssl', [...verify, '-CAfile', trust, '-purpose', 'any'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(read).toBe(text);
    // What was lent is gone.
    expect(Buffer.from(pkcs8).every((octet) => octet === 0)).toBe(true);
  });
});

const pairs: Readonly<Record<'rsa' | 'ec', () => { publicKey: KeyObject; privateKey: KeyObject }>> =
  {
    rsa: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
    ec: () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  };

function throughLibplist(text: string): string {
  const binary = execFileSync('plistutil', ['-f', 'bin'], { input: text });
  const written = execFileSync('plistutil', ['-f', 'xml'], { input: binary, encoding: 'utf8' });
  // Its writer leaves carriage returns bare, which XML 1.0 §2.11 has readers take for ends of lines.
  return written.replaceAll('\r', '&#13;');
}

function orRefused(wanted: NetworkProfile): string | null {
  try {
    return mobileconfig(wanted);
  } catch (error) {
    if (error instanceof InstallError && error.reason === 'refused') return null;
    throw error;
  }
}

function dictionary(value: ReadValue | undefined): Readonly<Record<string, ReadValue>> {
  if (typeof value === 'object' && !Array.isArray(value) && !isLeaf(value)) {
    return value as Readonly<Record<string, ReadValue>>;
  }
  throw new Error('no dictionary');
}

function list(value: ReadValue | undefined): readonly ReadValue[] {
  if (Array.isArray(value)) return value as readonly ReadValue[];
  throw new Error('no array');
}

const isLeaf = (value: object): boolean => value instanceof Date || value instanceof Uint8Array;
