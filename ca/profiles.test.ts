import { describe, expect, it } from 'vitest';
import { domainProofs, profiles } from './profiles.ts';

const codes: readonly string[] = ['totp-01', 'hotp-01', 'otp-01'];

describe.each(profiles)('the profile $name', (profile) => {
  const { challenges, personChallenges = [], identifierType } = profile;
  const proofs: readonly string[] = domainProofs;

  // Any one challenge makes an authorization valid: six digits would be enough to get a name.
  it('never offers a one-time code beside proof of control over a name', () => {
    for (const types of [challenges, personChallenges]) {
      const provesName = types.some((type) => proofs.includes(type));
      expect(types.filter((type) => provesName && codes.includes(type))).toEqual([]);
    }
  });

  it('takes one-time codes from people and for devices only', () => {
    const taken = challenges.filter((type) => codes.includes(type));
    if (identifierType !== 'email' && identifierType !== 'permanent-identifier') {
      expect(taken).toEqual([]);
    }
    if (taken.length > 0) expect(profile.needsPerson).toBe(true);
  });

  it('takes codes of which nobody knows how they come about for no more than people', () => {
    if (challenges.includes('otp-01')) expect(identifierType).toBe('email');
    expect(personChallenges).not.toContain('otp-01');
  });
});
