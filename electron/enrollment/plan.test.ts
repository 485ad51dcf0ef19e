import { describe, expect, it } from 'vitest';
import type { InstallTargetId } from '../../shared/models/credential.ts';
import type { CredentialOffer } from '../../shared/models/enrollment-profile.ts';
import { sampleOrganization, sampleProfile } from '../testing/wallet-samples.ts';
import { planEnrollment, type StartRequest } from './plan.ts';

const [offer] = sampleProfile.credentials as [CredentialOffer];
const places = {
  osTypes: [],
  modules: [],
  referenceOf: () => {
    throw new Error('there is no token');
  },
};
const surroundings = { deviceName: 'desk-7', targets: ['nss'], places } as const;
const request = { organizationId: sampleProfile.id, offerId: offer.id };

function planOf(changes: Partial<CredentialOffer>, wanted: Partial<StartRequest> = {}) {
  const profile = { ...sampleProfile, credentials: [{ ...offer, ...changes }] };
  return planEnrollment(sampleOrganization(profile), { ...request, ...wanted }, surroundings);
}

const refused = expect.objectContaining({ failure: { code: 'invalid-request' } }) as Error;

describe('a plan', () => {
  it('fills the templates of the offer with what is known', () => {
    const plan = planOf({
      identifiers: [
        { type: 'email', value: '{subject.email}' },
        { type: 'permanent-identifier', value: '{device.name}' },
      ],
      subject: { commonName: '{subject.email}' },
      subjectAltName: { userPrincipalName: '{subject.email}' },
      profile: 'employee',
    });
    expect(plan).toMatchObject({
      subject: 'alex@example.test',
      identifiers: [
        { type: 'email', value: 'alex@example.test' },
        { type: 'permanent-identifier', value: 'desk-7' },
      ],
      commonName: 'alex@example.test',
      userPrincipalName: 'alex@example.test',
      profile: 'employee',
      directoryUrl: 'https://ca.example/directory',
    });
  });

  it('takes the typed address before the invited one', () => {
    expect(planOf({}, { email: ' Kim@Example.TEST' }).subject).toBe('kim@example.test');
  });

  it('leaves out a subject that nobody can fill in', () => {
    expect(planOf({ subject: { commonName: '{subject.name}' } })).not.toHaveProperty('commonName');
  });

  it('is refused when an identifier cannot be filled in', () => {
    const identifiers = [{ type: 'dns' as const, value: '{subject.name}.example' }];
    expect(() => planOf({ identifiers })).toThrow(refused);
  });

  it('has the first key type that is offered, or the one that is wanted', () => {
    const key = {
      types: ['P-384', 'RSA-3072'] as ('P-384' | 'RSA-3072')[],
      places: ['tpm', 'software'] as ('tpm' | 'software')[],
      exportable: true,
    };
    expect(planOf({ key }).key).toEqual({ type: 'P-384', place: 'software', exportable: true });
    expect(planOf({ key }, { keyType: 'RSA-3072' }).key.type).toBe('RSA-3072');
    expect(() => planOf({ key }, { keyType: 'P-256' })).toThrow(refused);
  });

  it('has a key that can be used wherever it goes, if one is offered', () => {
    const types: CredentialOffer['key']['types'] = ['Ed25519', 'P-384', 'RSA-3072', 'RSA-2048'];
    const key = { types, places: ['software' as const], exportable: true };
    const network = {
      ...{ target: 'eap-tls' as const, ssids: ['Northlight'], wired: false },
      ...{ serverNames: ['radius.example.test'], serverRoots: ['AAAA'] },
      outerIdentity: '@example.test',
    };
    const install = [{ target: 'browser' as const }, network];
    const profile = { ...sampleProfile, credentials: [{ ...offer, install, key }] };
    const typeAt = (...targets: readonly InstallTargetId[]) =>
      planEnrollment(sampleOrganization(profile), request, { ...surroundings, targets }).key.type;
    expect(typeAt('nss', 'iwd')).toBe('RSA-3072');
    expect(typeAt('nss')).toBe('P-384');
    expect(typeAt('network-manager')).toBe('Ed25519');
    expect(planOf({ install, key }, { keyType: 'Ed25519' }).key.type).toBe('Ed25519');
  });

  it('installs to each target once, and only to those of this computer', () => {
    const install = [
      { target: 'browser' as const },
      { target: 'os' as const },
      {
        target: 'eap-tls' as const,
        ...{ ssids: ['Northlight'], wired: false, serverNames: ['radius.example.test'] },
        ...{ serverRoots: ['AAAA'], outerIdentity: '@example.test' },
      },
      { target: 'file' as const },
    ];
    expect(planOf({ install }).targets).toEqual(['nss']);
    const bare = { ...surroundings, targets: [] };
    const profile = { ...sampleProfile, credentials: [{ ...offer, install }] };
    expect(planEnrollment(sampleOrganization(profile), request, bare).targets).toEqual([]);
  });
});
