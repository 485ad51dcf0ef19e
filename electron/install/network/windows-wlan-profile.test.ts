import { createHash, generateKeyPairSync, randomUUID, X509Certificate } from 'node:crypto';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { NetworkDescription } from '../../../shared/models/network.ts';
import { madeUp } from '../../testing/made-up.ts';
import { hostileNetwork, hostileText, soundNetwork } from '../../testing/made-up-networks.ts';
import { readXml, textsAt } from '../../testing/read-xml.ts';
import { TestAuthority } from '../../testing/test-authority.ts';
import { xmlComplaints } from '../../testing/xml-lint.ts';
import { InstallError } from '../install-target.ts';
import {
  thumbprint,
  windowsLanProfile,
  windowsProfileName,
  windowsUserData,
  windowsWlanProfiles,
} from './windows-wlan-profile.ts';
import { element, xmlDocument, XmlTextError } from './xml-document.ts';

let network: NetworkDescription;
let issuer: Uint8Array;
let certificate: Uint8Array;
beforeAll(async () => {
  network = await soundNetwork();
  const authority = await TestAuthority.root({ name: 'Credential Root' });
  issuer = new X509Certificate(authority.certificate).raw;
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  certificate = new X509Certificate(await authority.issue({ spki })).raw;
});

const sha1 = (der: Uint8Array): string => createHash('sha1').update(der).digest('hex');
const wlanTexts = (options: { network: NetworkDescription }): readonly string[] =>
  windowsWlanProfiles({ ...options, issuers: [issuer] }).map(({ xml }) => xml);

describe('network profiles for Windows', () => {
  it('are of the schemas of [MS-GPWL], with and without issuers', () => {
    for (const issuers of [[], [issuer]]) {
      const wlan = windowsWlanProfiles({ network, issuers }).map(({ xml }) => xml);
      expect(wlan).toHaveLength(2);
      expect(xmlComplaints(wlan, 'wlan-profile')).toBe('');
      expect(xmlComplaints([windowsLanProfile({ network, issuers })], 'lan-profile')).toBe('');
    }
    const userData = windowsUserData(network, { certificate });
    expect(xmlComplaints([userData], 'eap-host-user-credentials')).toBe('');
  });

  it('are held against schemas that refuse another order and unknown elements', () => {
    const [xml = ''] = wlanTexts({ network });
    const swapped = xml
      .replace('<authentication>WPA2</authentication>', '')
      .replace('</encryption>', '</encryption><authentication>WPA2</authentication>');
    expect(xmlComplaints([swapped], 'wlan-profile')).toContain('authentication');
    const unknown = xml.replace('<ServerNames>', '<Surprise/><ServerNames>');
    expect(xmlComplaints([unknown], 'wlan-profile')).toContain('Surprise');
  });

  it('name the server and the only roots that vouch for it, and leave nothing to the person', () => {
    for (const xml of [
      ...wlanTexts({ network }),
      windowsLanProfile({ network, issuers: [issuer] }),
    ]) {
      const root = Buffer.from(network.serverRoots[0] ?? '', 'base64');
      expect(textsAt(xml, 'TrustedRootCA')).toEqual([sha1(root)]);
      expect(textsAt(xml, 'ServerNames')).toEqual(['radius.example.test;radius2.example.test']);
      for (const name of [
        ...['DisableUserPromptForServerValidation', 'PerformServerValidation', 'AcceptServerName'],
        ...['DifferentUsername', 'SimpleCertSelection'],
      ]) {
        expect(textsAt(xml, name), name).toEqual(['true']);
      }
      expect(textsAt(xml, 'EapMethod/Type')).toEqual(['13']);
      expect(textsAt(xml, 'Eap/Type')).toEqual(['13']);
      expect(textsAt(xml, 'CAHashList/IssuerHash')).toEqual([sha1(issuer)]);
      expect(textsAt(xml, 'authMode')).toEqual(['user']);
    }
  });

  it('fall back to no network without 802.1X on a wire', () => {
    const xml = windowsLanProfile({ network, issuers: [] });
    expect(textsAt(xml, 'OneXEnforced')).toEqual(['true']);
    expect(textsAt(xml, 'OneXEnabled')).toEqual(['true']);
  });

  it('say in clear who signs in nowhere: the outer identity is the realm’s', () => {
    const xml = windowsUserData(network, { certificate });
    expect(textsAt(xml, 'Username')).toEqual(['@example.test']);
    expect(textsAt(xml, 'UserCert')).toEqual([sha1(certificate)]);
    expect(thumbprint(certificate)).toBe(sha1(certificate));
  });

  it('are one for each credential, by a name that says so', () => {
    const [first, second] = [randomUUID(), randomUUID()];
    const names = [first, second].map((credentialId) =>
      windowsWlanProfiles({ network, issuers: [], credentialId }).map(({ name }) => name),
    );
    expect(new Set(names.flat()).size).toBe(4);
    expect(names[0]).toEqual(network.ssids.map((ssid) => windowsProfileName(ssid, first)));
  });

  it.each([
    ['no server names', { serverNames: [] }],
    ['a pattern for one', { serverNames: ['.*'] }],
    ['two in one', { serverNames: ['radius.example.test;evil.example'] }],
    ['no roots', { serverRoots: [] }],
    ['a root that is no certificate', { serverRoots: ['AAAA'] }],
    ['somebody’s name for the outer identity', { outerIdentity: 'alex@example.test' }],
    ['no outer identity', { outerIdentity: '' }],
    ['no network', { ssids: [], wired: false }],
    ['a name that is too long', { ssids: ['é'.repeat(17)] }],
  ])('are refused with %s', (_what, members) => {
    const bad = { ...network, ...members };
    for (const write of [
      () => windowsWlanProfiles({ network: bad, issuers: [] }),
      () => windowsLanProfile({ network: bad, issuers: [] }),
      () => windowsUserData(bad, { certificate }),
    ]) {
      expect(write).toThrow(expect.objectContaining({ code: 'install', reason: 'refused' }));
    }
  });

  it('are refused, or read by a strict parser as exactly what was put in', () => {
    let written = 0;
    const property = fc.property(hostileNetwork(network), (hostile) => {
      const profiles = orRefused(() =>
        windowsWlanProfiles({ network: hostile, issuers: [issuer] }),
      );
      if (profiles === null) return;
      written += 1;
      expect(profiles.map(({ xml }) => textsAt(xml, 'SSID/name')[0])).toEqual(hostile.ssids);
      for (const { xml, name } of profiles) {
        expect(textsAt(xml, 'WLANProfile/name')).toEqual([name]);
        expect(textsAt(xml, 'ServerNames')).toEqual([hostile.serverNames.join(';')]);
        const [hex = ''] = textsAt(xml, 'hex');
        expect(hostile.ssids).toContain(Buffer.from(hex, 'hex').toString('utf8'));
      }
      const user = windowsUserData(hostile, { certificate });
      expect(textsAt(user, 'Username')).toEqual([hostile.outerIdentity]);
    });
    fc.assert(property, { numRuns: madeUp(2_000) });
    // One that refuses everything would hold it as well.
    expect(written).toBeGreaterThan(madeUp(2_000) / 100);
  });

  it('are well-formed and of the schema to libxml2 too, whatever the name of the network', () => {
    const texts = fc
      .sample(hostileText, madeUp(600))
      .flatMap(
        (ssid) => orRefused(() => wlanTexts({ network: { ...network, ssids: [ssid] } })) ?? [],
      )
      .slice(0, 40);
    expect(texts.length).toBeGreaterThan(0);
    expect(xmlComplaints(texts, 'wlan-profile')).toBe('');
  });
});

describe('XML', () => {
  it('holds any text exactly, in elements and attributes, or refuses it', () => {
    const property = fc.property(hostileText, (text) => {
      const document = orUnwritable(() =>
        xmlDocument(element('outer', [element('inner', text, { about: text })])),
      );
      if (document === null) {
        expect(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u.test(text)).toBe(
          true,
        );
        return;
      }
      const inner = readXml(document).find(({ path }) => path === 'outer/inner');
      expect(inner).toEqual({ path: 'outer/inner', text, attributes: { about: text } });
    });
    fc.assert(property, { numRuns: madeUp(2_000) });
  });

  it('is read so by libxml2 as well', () => {
    const documents = fc
      .sample(hostileText, madeUp(400))
      .map((text) => orUnwritable(() => xmlDocument(element('text', text, { about: text }))))
      .filter((document) => document !== null)
      .slice(0, 40);
    expect(xmlComplaints(documents)).toBe('');
  });
});

function orRefused<T>(write: () => T): T | null {
  try {
    return write();
  } catch (error) {
    if (error instanceof InstallError && error.reason === 'refused') return null;
    throw error;
  }
}

function orUnwritable(write: () => string): string | null {
  try {
    return write();
  } catch (error) {
    if (error instanceof XmlTextError) return null;
    throw error;
  }
}
