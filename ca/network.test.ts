import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enrollmentProfile } from './enrollment-profile.ts';
import { readNetwork } from './network.ts';
import { offersOf } from './offers.ts';
import type { RunningCa } from './running-ca.ts';
import { startCa } from './server.ts';

let ca: RunningCa;
beforeAll(async () => {
  ca = await startCa();
});
afterAll(() => ca.stop());

const network = () => ({
  ssids: ['Northlight'],
  serverNames: ['radius.example.test'],
  serverRoots: [new X509Certificate(ca.rootPem).raw.toString('base64')],
  outerIdentity: '@example.test',
  probe: { radius: { host: '127.0.0.1', port: 18_120, secret: 'for-tests' } },
});

const wifiOf = (profile: object) =>
  (profile as { credentials: readonly { id: string }[] }).credentials.find(
    ({ id }) => id === 'wifi-vpn',
  );

describe('a network that the CA describes', () => {
  it('is in the offer for Wi-Fi from then on, and its RADIUS server for tests', () => {
    const profileNow = () =>
      enrollmentProfile({ ...ca, externalAccountRequired: true, offers: offersOf(ca) }, new Date());
    expect(wifiOf(profileNow())).toMatchObject({ install: [{ target: 'browser' }] });
    ca.describeNetwork(readNetwork(JSON.stringify(network())));
    const { probe, ...described } = network();
    expect(wifiOf(profileNow())).toMatchObject({
      install: [{ target: 'browser' }, { target: 'eap-tls', ...described, wired: false }],
      probe: { url: ca.probeUrl, ...probe },
    });
  });

  it('is refused when a wallet would have to', () => {
    const radius = { host: '127.0.0.1', secret: 'x' };
    for (const difference of [
      { ssids: [] },
      { ssids: ['x'.repeat(33)] },
      { ssids: ['a\nb'] },
      { serverNames: [] },
      { serverNames: ['*.example.test'] },
      { serverRoots: [] },
      { serverRoots: ['AAAA'] },
      { outerIdentity: 'alex@example.test' },
      { outerIdentity: 'anonymous' },
      { probe: {} },
      { probe: { radius: { ...radius, port: 70_000 } } },
      { probe: { radius: { ...radius, secret: 'a b' } } },
      { servername: 'misspelt' },
    ]) {
      const text = JSON.stringify({ ...network(), ...difference });
      expect(() => readNetwork(text)).toThrow(expect.objectContaining({ code: 'badNetwork' }));
    }
    for (const text of ['', '[]', 'null', '{']) {
      expect(() => readNetwork(text)).toThrow(expect.objectContaining({ code: 'badNetwork' }));
    }
  });
});
