import { describe, expect, it } from 'vitest';
import { signerFingerprint } from './fingerprint.ts';

describe('signerFingerprint', () => {
  it('is the SHA-256 and its first 88 bits in words', () => {
    // The words at 1821, 1073, 133, 399, 1550, 82, 863 and 1012, counted from 0 in the published list.
    const fingerprint = signerFingerprint(new Uint8Array());
    expect(fingerprint.hex).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    expect(fingerprint.words).toEqual([
      'together',
      'mail',
      'awful',
      'cradle',
      'scrub',
      'apart',
      'hip',
      'leader',
    ]);
  });

  it('keeps leading zeros: eight words whatever the digest begins with', () => {
    const text = Array.from({ length: 20_000 }, (_, number) => String(number)).find((candidate) =>
      signerFingerprint(Buffer.from(candidate)).hex.startsWith('000'),
    );
    const { words } = signerFingerprint(Buffer.from(text ?? ''));
    expect(words).toHaveLength(8);
    expect(words[0]).toBe('abandon');
  });
});
