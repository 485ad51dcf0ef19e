import { describe, expect, it } from 'vitest';
import { punycodeDecoded } from './punycode.ts';

describe('Punycode', () => {
  // RFC 3492 §7.1, in the letters that the RFC gives as code points.
  it.each([
    ['egbpdaj6bu4bxfgehfvwxn', 'ليهمابتكلموشعربي؟'],
    ['ihqwcrb4cv8a8dqg056pqjye', '他们为什么不说中文'],
    ['Proprostnemluvesky-uyb24dma41a', 'Pročprostěnemluvíčesky'],
    ['4dbcagdahymbxekheh6e0a7fei0b', 'למההםפשוטלאמדבריםעברית'],
    ['b1abfaaepdrnnbgefbadotcwatmq2g4l', 'почемужеонинеговорятпорусски'],
    ['PorqunopuedensimplementehablarenEspaol-fmd56a', 'PorquénopuedensimplementehablarenEspañol'],
    ['MajiKoi5-783gue6qz075azm5e', 'MajiでKoiする5秒前'],
    ['-> $1.00 <--', '-> $1.00 <-'],
  ])('of %s is read as RFC 3492 does', (encoded, decoded) => {
    expect(punycodeDecoded(encoded)).toBe(decoded);
  });

  it.each(['99999999', 'a-ü', 'zzzzzzzzzzzzzzzzzzzz', 'abc-!'])(
    'that is none, as in %s, is not guessed at',
    (encoded) => {
      expect(punycodeDecoded(encoded)).toBeUndefined();
    },
  );
});
