import { describe, expect, it } from 'vitest';
import { orderDocument, standingDocument } from '../testing/approvals.ts';
import { now } from '../testing/credentials.ts';
import { wordsFor } from '../words.ts';
import { sentenceOf, titleOf } from './sentences.ts';
import { leftWords, spanWords } from './span-words.ts';

const english = wordsFor('en-GB');
const german = wordsFor('de-DE');
/** What isolates a name from the sentence around it is not heard. */
const heard = (text: string): string => text.replaceAll(/[\u2068\u2069]/g, '');

describe('what a person says of a request', () => {
  it('is a question with names, and a sentence with all that counts', () => {
    expect(heard(titleOf(orderDocument(), true, english))).toBe(
      'May Alex Demo sign programs for Northlight Shipyards?',
    );
    expect(heard(sentenceOf(orderDocument(), 'approve', english))).toBe(
      'You approved that Alex Demo (alex@northlight.example) gets a certificate in the name of Northlight Shipyards, ' +
        'for northlight.example. With it one can sign programs. It lasts at most 460 days.',
    );
    expect(heard(titleOf(standingDocument(), true, german))).toBe(
      'Darf der Dienst „build“ bis 24.12.2026 für Northlight Shipyards Programme signieren, ohne jedes Mal zu fragen?',
    );
  });

  it('names how many and until when of a standing one', () => {
    const said = heard(sentenceOf(standingDocument(), 'approve', english));
    expect(said).toContain('up to 10 certificates');
    expect(said).toContain('24 Dec 2026');
    expect(said).toContain('for at most 15 minutes');
    expect(said).toContain('Nobody is asked again');
  });

  it('keeps each name apart from the sentence, whichever way it runs', () => {
    const trick = orderDocument({ organization: 'נמל צפון' });
    expect(sentenceOf(trick, 'asked', english)).toContain('\u2068נמל צפון\u2069');
  });

  it('never makes a life shorter than it is, nor the time left longer', () => {
    expect(spanWords(900, english)).toBe('15 minutes');
    expect(spanWords(7201, english)).toBe('3 hours');
    expect(spanWords(172_801, english)).toBe('3 days');
    const at = (seconds: number) => new Date(now + seconds * 1000).toISOString();
    expect(leftWords(at(86_400 * 3 - 1), now, english)).toBe('2 days');
    expect(leftWords(at(3600 * 3 - 1), now, english)).toBe('2 hours');
    expect(leftWords(at(30), now, english)).toBe('1 minute');
    expect(leftWords(at(0), now, english)).toBeUndefined();
  });
});
