import { describe, expect, it } from 'vitest';
import type { InstallResult } from '../../shared/models/credential.ts';
import { inBrowsers, untested } from '../testing/credentials.ts';
import { latestProof, outcomeOf } from './outcome.ts';

const browsers: InstallResult = { target: 'nss', status: 'installed', installation: inBrowsers };
const elsewhere: InstallResult = {
  target: 'nss',
  status: 'failed',
  failure: { code: 'install', target: 'nss', reason: 'store-not-writable' },
};

describe('how putting a credential in place went', () => {
  it('is good when every place has it and no test failed', () => {
    expect(outcomeOf('done', [browsers])).toBe('good');
    expect(outcomeOf('done', [])).toBe('good');
    expect(outcomeOf('installing', [browsers, elsewhere])).toBe('working');
  });

  it('is a success with a note when one place failed', () => {
    expect(outcomeOf('done', [browsers, elsewhere])).toBe('noted');
    expect(outcomeOf('done', [elsewhere])).toBe('nowhere');
  });

  it('is a success with a note when it is in place but a test failed', () => {
    const failed = {
      status: 'failed',
      at: '2026-09-02T00:00:00Z',
      failure: { code: 'install', target: 'nss', reason: 'proof-failed' },
    } as const;
    const installation = { ...inBrowsers, proofs: [...inBrowsers.proofs, failed] };
    expect(outcomeOf('done', [{ target: 'nss', status: 'installed', installation }])).toBe('noted');
  });
});

describe('the latest proof', () => {
  it('is the youngest that was tried, in whatever order they came', () => {
    const proofs = inBrowsers.proofs.toReversed();
    expect(latestProof({ ...inBrowsers, proofs })).toMatchObject({ method: 'mutual-tls' });
    expect(latestProof(untested)).toBeUndefined();
  });
});
