import { describe, expect, it } from 'vitest';
import type { SigningToolView } from '../../shared/models/signing.ts';
import { signingCredential, wifiCredential } from '../testing/credentials.ts';
import { northlightNetwork, revokedInNetwork } from '../testing/uses.ts';
import { usableFirst } from './tool-order.ts';
import { placesOf } from './placement.ts';
import { reachesNetworks, usesNow } from './uses.ts';

describe('what can be done with a credential', () => {
  it('follows from its purpose', () => {
    expect(usesNow(wifiCredential)).toEqual(['networks', 'browsers', 'programs']);
    expect(usesNow(signingCredential)).toEqual(['signing-documents']);
    expect(usesNow({ ...wifiCredential, purpose: 'codeSigning' })).toEqual(['signing-programs']);
  });

  it('is nothing once it is over', () => {
    expect(usesNow({ ...wifiCredential, status: 'expired' })).toEqual([]);
    expect(usesNow({ ...signingCredential, status: 'revoked' })).toEqual([]);
  });

  it('includes networks where some network settings can be written', () => {
    expect(reachesNetworks(['nss', 'iwd'])).toBe(true);
    expect(reachesNetworks(['nss', 'firefox'])).toBe(false);
  });
});

describe('the places of a credential', () => {
  const here = ['nss', 'network-manager'] as const;

  it('are network settings only where it is for a network', () => {
    expect(placesOf(wifiCredential, here)).toEqual(['nss']);
    expect(placesOf({ ...wifiCredential, networks: [northlightNetwork] }, here)).toEqual(here);
  });

  it('are those in which it lies, whatever else is possible', () => {
    const installations = [revokedInNetwork];
    expect(placesOf({ ...wifiCredential, status: 'expired', installations }, here)).toEqual([
      'network-manager',
    ]);
  });
});

describe('programs that sign', () => {
  const tool = (
    name: SigningToolView['tool'],
    rest: Partial<SigningToolView> = {},
  ): SigningToolView => ({ tool: name, isInstalled: true, command: name, ...rest });

  it('come with those first that are here, and the unusable ones apart', () => {
    const { usable, unusable } = usableFirst([
      tool('cosign', { isInstalled: false }),
      tool('signtool', { obstacle: 'not-on-this-system' }),
      tool('osslsigncode'),
      tool('git', { isInstalled: false, obstacle: 'key-type' }),
      tool('jarsigner'),
    ]);
    expect(usable.map((each) => each.tool)).toEqual(['osslsigncode', 'jarsigner', 'cosign']);
    expect(unusable.map((each) => each.obstacle)).toEqual(['not-on-this-system', 'key-type']);
  });
});
