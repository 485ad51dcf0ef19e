import { beforeAll, describe, expect, it } from 'vitest';
import type { NetworkDescription } from '../../../shared/models/network.ts';
import { Issuer, type IssuedCredential } from '../../testing/installable.ts';
import { soundNetwork } from '../../testing/made-up-networks.ts';
import { readPlist } from '../../testing/read-plist.ts';
import { xmlComplaints } from '../../testing/xml-lint.ts';
import { macosNetworkText, windowsNetworkTexts } from './administrator-texts.ts';

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
