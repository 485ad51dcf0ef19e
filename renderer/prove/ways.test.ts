import { describe, expect, it } from 'vitest';
import {
  byCertificate,
  certificate,
  dnsRecord,
  hotp,
  passkey,
  persistentRecord,
  sentCode,
  totp,
  unsupported,
} from '../testing/enrollments.ts';
import { waysOf } from './ways.ts';

const onCard = byCertificate([certificate()]);

describe('the ways to meet an authorization', () => {
  it('stand with the strongest first, and records as the CA gave them', () => {
    const challenges = [persistentRecord, sentCode, hotp, dnsRecord, totp, onCard, passkey];
    expect(waysOf({ challenges }).possible.map(({ type }) => type)).toEqual([
      'ppkp-01',
      'cert-01',
      'totp-01',
      'hotp-01',
      'otp-01',
      'dns-persist-01',
      'dns-01',
    ]);
  });

  it('begin with what the wallet proposes, which is not always the strongest', () => {
    const challenges = [passkey, onCard, totp];
    expect(waysOf({ challenges, proposed: totp.challengeId }).first).toBe(totp);
    expect(waysOf({ challenges }).first).toBe(passkey);
    expect(waysOf({ challenges, proposed: 'https://ca.example/gone' }).first).toBe(passkey);
  });

  it('begin with what the organisation is looking at already', () => {
    const sent = { ...sentCode, status: 'processing' } as const;
    expect(waysOf({ challenges: [passkey, sent], proposed: passkey.challengeId }).first).toBe(sent);
    const looked = { ...dnsRecord, status: 'processing' } as const;
    const other = { ...persistentRecord };
    const proposed = other.challengeId;
    expect(waysOf({ challenges: [looked, other], proposed }).first).toBe(other);
  });

  it('are kept apart from what cannot be done', () => {
    const refused = { ...unsupported, type: 'ppkp-01', because: 'rp-id' } as const;
    expect(waysOf({ challenges: [unsupported, refused] })).toEqual({
      possible: [],
      refused: [unsupported, refused],
      first: undefined,
    });
  });
});
