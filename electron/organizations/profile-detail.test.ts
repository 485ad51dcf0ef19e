import { describe, expect, it } from 'vitest';
import { createProfileSigner, sampleProfile } from '../testing/profile-signer.ts';
import { ProfileError } from './errors.ts';
import { verifyProfile } from './profile.ts';

const now = new Date();
const profile = sampleProfile(now);
const [offer] = profile.credentials;
const signer = await createProfileSigner();

async function detailOf(changes: object): Promise<string | undefined> {
  const text = await signer.sign({ ...profile, ...changes });
  const thrown: unknown = await verifyProfile(text, now).catch((error: unknown) => error);
  if (thrown instanceof ProfileError) return thrown.detail;
  throw new Error('the profile was accepted', { cause: thrown });
}

describe('what is faulty about a profile', () => {
  const network = {
    ...{ target: 'eap-tls', ssids: ['Northlight'], serverNames: ['radius.example.test'] },
    ...{ serverRoots: ['MIIB'], outerIdentity: 'anonymous@example.test' },
  };
  const offered = (changes: object) => ({ credentials: [{ ...offer, ...changes }] });

  it.each([
    ['a date', { expires: '2027-11-22' }, /^expires: /],
    [
      'a place of keys',
      offered({ key: { types: ['P-256'], places: ['usb'] } }),
      /^credentials\[0\]\.key\.places\[0\]: .*"software"/,
    ],
    [
      'a member that is missing',
      offered({ install: [{ ...network, serverNames: undefined }] }),
      /^credentials\[0\]\.install\[0\]\.serverNames: .*undefined/,
    ],
    [
      'an outer identity with a name in it',
      offered({ install: [{ ...network, outerIdentity: 'alex@example.test' }] }),
      /^credentials\[0\]\.install\[0\]\.outerIdentity: not allowed$/,
    ],
    [
      'a network that is none',
      offered({ install: [{ ...network, ssids: [] }] }),
      /^credentials\[0\]\.install\[0\]: names no network$/,
    ],
    ['two offers of one id', { credentials: [offer, offer] }, /^credentials: two have one id$/],
    ['a root', { roots: ['AAAA'] }, /^roots\[0\]: no certificate$/],
  ])('is said by its member: %s', async (_what, changes, told) => {
    expect(await detailOf(changes)).toMatch(told);
  });

  it('is said without the names that the profile makes up', async () => {
    const name = { 'en\u001b[31m': 7, ['x'.repeat(2000)]: 7 };
    const detail = await detailOf({ organization: { ...profile.organization, name } });
    expect(detail).toMatch(/^organization\.name(?:\.…)?: [ -~]{1,120}$/);
  });
});
