import { describe, expect, it } from 'vitest';
import type { CredentialOffer } from '../../shared/models/enrollment-profile.ts';
import { networkUse, northlightNetwork, signing, wifi } from '../testing/organizations.ts';
import { groupedHex, hostOf } from './fingerprint.ts';
import { installPromises, namesDevice, trials } from './what-happens.tsx';

describe('a fingerprint', () => {
  it('is written in groups of four', () => {
    expect(groupedHex('0123456789ab')).toBe('0123 4567 89ab');
    expect(groupedHex('')).toBe('');
  });
});

describe('a host', () => {
  it('comes with its port where that is not the usual one', () => {
    expect(hostOf('https://ca.example/acme/directory')).toBe('ca.example');
    expect(hostOf('https://localhost:14000/dir')).toBe('localhost:14000');
    expect(hostOf('nonsense')).toBe('nonsense');
  });
});

describe('what is said beforehand about a credential', () => {
  const probed: CredentialOffer = { ...wifi, probe: { url: 'https://whoami.example:8443/x' } };

  it('names each server that will see it once it is installed', () => {
    expect(trials([wifi, signing], ['nss'])).toEqual([]);
    expect(trials([probed, wifi, probed], ['nss'])).toEqual([
      { id: 'what.probe', host: 'whoami.example:8443' },
    ]);
    expect(trials([probed], [])).toEqual([]);
  });

  it('names the test server of a network, and the network, only where they will be tried', () => {
    const network: CredentialOffer = { ...wifi, ...networkUse };
    expect(trials([network, network], ['network-manager'])).toEqual([
      { id: 'what.probe.radius', host: 'radius.northlight.example' },
      { id: 'what.probe.network', host: '' },
    ]);
    expect(trials([network], ['nss'])).toEqual([
      { id: 'what.probe', host: 'whoami.northlight.example' },
    ]);
  });

  it('says when this computer’s name goes into it', () => {
    expect(namesDevice(wifi)).toBe(false);
    const named = { type: 'dns' as const, value: '{device.name}.example' };
    expect(namesDevice({ ...wifi, identifiers: [...wifi.identifiers, named] })).toBe(true);
    expect(namesDevice({ ...wifi, subject: { commonName: 'On {device.name}' } })).toBe(true);
    expect(namesDevice({ ...wifi, subject: { commonName: '{subject.email}' } })).toBe(false);
    const userPrincipalName = '{device.name}@example';
    expect(namesDevice({ ...wifi, subjectAltName: { userPrincipalName } })).toBe(true);
  });
});

describe('what is said about the places that offers wish for', () => {
  const everywhere: CredentialOffer = {
    ...wifi,
    install: [{ target: 'os' }, { target: 'browser' }, northlightNetwork, { target: 'file' }],
  };

  it('promises a place that this computer has, once', () => {
    expect(installPromises([wifi, wifi], ['nss'])).toEqual(['nss', 'no.file']);
    expect(installPromises([everywhere], ['nss'])).toEqual(['nss', 'no.eap-tls', 'no.file']);
  });

  it('promises nothing that will not be done', () => {
    expect(installPromises([wifi, signing], [])).toEqual(['no.browser', 'no.file']);
    expect(installPromises([everywhere], [])).toEqual([
      'no.os',
      'no.browser',
      'no.eap-tls',
      'no.file',
    ]);
  });
});
