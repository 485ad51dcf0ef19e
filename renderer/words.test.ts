import { describe, expect, it } from 'vitest';
import { bestText, durationOf, languageOf, wordsFor } from './words.ts';

describe('words', () => {
  it('chooses German for every German and English for everybody else', () => {
    expect(['de', 'de-AT', 'de-CH', 'en-US', 'fr', 'ar-EG'].map(languageOf)).toEqual([
      'de',
      'de',
      'de',
      'en',
      'en',
      'en',
    ]);
  });

  it('takes an organisation’s text in the nearest language it has', () => {
    const text = { 'de-CH': 'Bern', fr: 'Berne', en: 'Berne (en)' };
    expect(bestText(text, 'de-CH')).toBe('Bern');
    expect(bestText(text, 'de-DE')).toBe('Bern');
    expect(bestText(text, 'fr-CA')).toBe('Berne');
    expect(bestText(text, 'it')).toBe('Berne (en)');
    expect(bestText({ it: 'Berna' }, 'de')).toBe('Berna');
    expect(bestText({}, 'de')).toBe('');
  });

  it('writes dates and numbers as the locale does', () => {
    const english = wordsFor('en-GB');
    const german = wordsFor('de-DE');
    expect(english.date('2027-03-03T12:00:00Z')).toBe('3 March 2027');
    expect(german.date('2027-03-03T12:00:00Z')).toBe('3. März 2027');
    expect(german.say('home.count', { shown: 12, count: 10_000 })).toBe('12 von 10.000');
  });

  it('counts in the plural of the language', () => {
    const { say } = wordsFor('en');
    expect(say('home.expired.title', { count: 1 })).toBe('One credential has expired');
    expect(say('home.expired.title', { count: 2 })).toBe('2 credentials have expired');
  });

  it('tells a duration in the two largest units that are not zero', () => {
    expect(durationOf(5)).toEqual({ seconds: 5 });
    expect(durationOf(65)).toEqual({ minutes: 1, seconds: 5 });
    expect(durationOf(7260)).toEqual({ hours: 2, minutes: 1 });
    expect(wordsFor('en').duration(0)).toBe('0 sec');
  });
});
