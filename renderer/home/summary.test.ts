import { describe, expect, it } from 'vitest';
import type { CredentialSummary } from '../../shared/models/credential.ts';
import { scene } from '../gallery/scene.ts';
import {
  dueCredential,
  expiredCredential,
  manyCredentials,
  now,
  revokedCredential,
  signingCredential,
  wifiCredential,
} from '../testing/credentials.ts';
import { progress } from '../testing/approvals.ts';
import { authorization, proving } from '../testing/enrollments.ts';
import { wordsFor } from '../words.ts';
import { matching } from './matching.ts';
import { inOrderOfCare, summaryOf, withoutReplaced } from './summary.ts';

const summary = (credentials: readonly CredentialSummary[], enrollments = [] as const) =>
  summaryOf(scene({ wallet: { credentials }, enrollments }).state, now);

describe('the sentence at home', () => {
  it('calls nobody to what others have to decide', () => {
    const waiting = authorization({ challenges: [], approval: progress() });
    const { state } = scene({ enrollments: [proving([waiting])] });
    expect(summaryOf(state, now).kind).toBe('fine');
    const both = scene({ enrollments: [proving([waiting, authorization()])] });
    expect(summaryOf(both.state, now).kind).toBe('waiting');
  });

  it('is that all is well, with the next renewal', () => {
    expect(summary([signingCredential, wifiCredential])).toEqual({
      kind: 'fine',
      renewal: wifiCredential.renewal.start,
    });
  });

  it('names what is worst: expired before due before waiting', () => {
    expect(summary([dueCredential, { ...expiredCredential, subject: 'other' }])).toEqual({
      kind: 'expired',
      count: 1,
    });
    expect(summary([dueCredential, signingCredential])).toEqual({
      kind: 'renew',
      count: 1,
      before: dueCredential.notAfter,
    });
    const { state } = scene({
      wallet: { credentials: [wifiCredential] },
      enrollments: [proving([authorization()])],
    });
    expect(summaryOf(state, now)).toEqual({ kind: 'waiting', count: 1 });
  });

  it('is calm about an expired credential that has a newer one beside it', () => {
    expect(summary([expiredCredential, wifiCredential]).kind).toBe('fine');
  });

  it('is calm about a revoked one, and says so when nothing else is there', () => {
    expect(summary([revokedCredential, wifiCredential]).kind).toBe('fine');
    expect(summary([revokedCredential]).kind).toBe('past');
    expect(summary([]).kind).toBe('empty');
  });

  it('does not claim that all is well while no key can be used', () => {
    const failure = { code: 'secret-store', reason: 'locked' } as const;
    const { state } = scene({ wallet: { secretStore: { status: 'unavailable', failure } } });
    expect(summaryOf(state, now)).toEqual({ kind: 'locked' });
  });
});

describe('the order of the credentials', () => {
  it('begins with what needs somebody and ends with what is over', () => {
    const ordered = inOrderOfCare(
      [
        revokedCredential,
        signingCredential,
        dueCredential,
        { ...expiredCredential, subject: 'somebody else' },
      ],
      now,
    );
    expect(ordered.map(({ id }) => id)).toEqual(['c-expired', 'c-due', 'c-documents', 'c-revoked']);
  });

  it('puts a replaced one last', () => {
    const ordered = inOrderOfCare([expiredCredential, wifiCredential, signingCredential], now);
    expect(ordered.map(({ id }) => id)).toEqual(['c-wifi', 'c-documents', 'c-expired']);
    expect(withoutReplaced([expiredCredential, wifiCredential])).toEqual([wifiCredential]);
  });

  it('takes no noticeable time for ten thousand', () => {
    const many = manyCredentials(10_000);
    const started = performance.now();
    expect(inOrderOfCare(many, now)).toHaveLength(10_000);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('finding credentials', () => {
  const { text } = wordsFor('de');

  it('looks for every word in name, subject and organisation, in any case', () => {
    const all = [wifiCredential, signingCredential];
    expect(matching(all, 'wlan ALEX@', text)).toEqual([wifiCredential]);
    expect(matching(all, 'nordlicht', text)).toEqual(all);
    expect(matching(all, '  ', text)).toBe(all);
    expect(matching(all, 'wlan dokumente', text)).toEqual([]);
  });
});
