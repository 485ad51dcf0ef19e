import { beforeAll, describe, expect, it } from 'vitest';
import type { NetworkDescription } from '../../../shared/models/network.ts';
import { Issuer, type IssuedCredential } from '../../testing/installable.ts';
import { soundNetwork } from '../../testing/made-up-networks.ts';
import { readPlist } from '../../testing/read-plist.ts';
import { textsAt } from '../../testing/read-xml.ts';
import { xmlComplaints } from '../../testing/xml-lint.ts';
import {
  macosNetworkText,
  windowsNetworkText,
  windowsNetworkTexts,
} from './administrator-texts.ts';

let network: NetworkDescription;
let credential: IssuedCredential;
beforeAll(async () => {
  network = await soundNetwork();
  credential = await (await Issuer.create()).credential();
});

describe('what administrators are given', () => {
  it('is a file for each Wi-Fi and one for wires, for Windows, with names that no network chose', () => {
    const texts = windowsNetworkTexts({ networks: [network], issuers: credential.chain });
    const id = network.id.slice(0, 8);
    const names = texts.map(({ fileName }) => fileName);
    expect(names).toEqual([`wlan-${id}-1.xml`, `wlan-${id}-2.xml`, `lan-${id}.xml`]);
    const [first = '', second = '', wired = ''] = texts.map(({ text }) => text);
    expect(xmlComplaints([first, second], 'wlan-profile')).toBe('');
    expect(xmlComplaints([wired], 'lan-profile')).toBe('');
    expect(first).not.toContain('Countersign');
  });

  it('is one text for Windows: a profile, or a script in ASCII that adds several', () => {
    const { chain: issuers } = credential;
    const one = { ...network, ssids: ['Example'], wired: false };
    expect(windowsNetworkText({ networks: [one], issuers })?.fileName).toMatch(/\.xml$/);
    expect(windowsNetworkText({ networks: [], issuers })).toBeNull();
    const ssids = ["'@ évil", '$(calc) “x”'];
    const text = windowsNetworkText({ networks: [{ ...network, ssids }], issuers })?.text ?? '';
    expect(text).toMatch(/^[\x20-\x7e\r\n]+$/);
    const ends = text.split(/\r?\n/).filter((line) => line.startsWith("'@"));
    expect(ends).toEqual(["'@", "'@", "'@"]);
    const xml = text
      .split("@'\r\n")
      .slice(1)
      .map((each) => each.split(/\r?\n'@/)[0] ?? '');
    expect(xml.flatMap((each) => textsAt(each, 'SSID/name'))).toEqual(ssids);
  });

  it('is one profile for macOS, which goes when the certificate does', () => {
    const { fileName, text } = macosNetworkText([network], credential.certificate);
    expect(fileName).toBe('networks.mobileconfig');
    expect(readPlist(text)).toMatchObject({
      PayloadDisplayName: network.name,
      RemovalDate: expect.any(Date) as unknown,
    });
    expect(readPlist(macosNetworkText([network]).text)).not.toHaveProperty('RemovalDate');
  });
});
