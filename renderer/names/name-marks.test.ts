import { describe, expect, it } from 'vitest';
import { domainReading, nameMarks, scriptsOf } from './name-marks.ts';

describe('names from outside', () => {
  it.each([
    'Alex Example',
    'Jürgen Müller-Lüdenscheidt',
    'Ирина Петрова',
    '山田 太郎',
    'ソニー Sony 株式会社',
    '김철수 Kim',
    'שרה כהן',
    'Nguyễn Thị Ánh',
    'R2-D2 & Söhne 3',
  ])('as %s are read as they stand', (name) => {
    expect(nameMarks(name)).toEqual([]);
  });

  it.each([
    ['Nоrthlight Shipyards', ['Latin', 'Cyrillic']],
    ['Αlex Example', ['Latin', 'Greek']],
    ['pаypal', ['Latin', 'Cyrillic']],
  ] as const)('as %s are marked: letters of several scripts', (name, scripts) => {
    expect(nameMarks(name)).toEqual([{ mark: 'mixed', scripts }]);
    expect(scriptsOf(name)).toEqual(scripts);
  });

  it('that are Latin to the eye alone are marked', () => {
    expect(nameMarks('раураӏ').map(({ mark }) => mark)).toEqual(['lookalike']);
    expect(nameMarks('Пётр')).toEqual([]);
  });

  it('with towers of accents are marked', () => {
    expect(nameMarks('A\u0300\u0301\u0302\u0303lex').map(({ mark }) => mark)).toEqual(['stacked']);
  });
});

describe('a domain', () => {
  it('of plain letters is its own reading', () => {
    expect(domainReading('corp.example')).toEqual({ ascii: 'corp.example', marks: [] });
  });

  it('with other letters stands as it is signed, with its reading beside it', () => {
    expect(domainReading('xn--mnchen-3ya.example')).toEqual({
      ascii: 'xn--mnchen-3ya.example',
      reading: 'münchen.example',
      marks: [],
    });
  });

  it('that looks like another one is marked', () => {
    // The letters of "apple", all of them Cyrillic.
    expect(domainReading('xn--80ak6aa92e.example')).toMatchObject({
      reading: 'аррӏе.example',
      marks: [{ mark: 'lookalike', scripts: ['Cyrillic'] }],
    });
    expect(domainReading('pаypal.example')).toMatchObject({ marks: [{ mark: 'mixed' }] });
  });

  it('whose labels are no Punycode, or hide something, has no other reading', () => {
    expect(domainReading('xn--99999999.example')).toEqual({
      ascii: 'xn--99999999.example',
      marks: [],
    });
    // A right-to-left override between two letters.
    expect(domainReading('xn--ab-q1t.example')).not.toHaveProperty('reading');
  });
});
