import { describe, expect, it } from 'vitest';
import { passphraseFault } from './passphrase.ts';

describe('a passphrase that was typed twice', () => {
  it('has to be long enough and the same', () => {
    expect(passphraseFault('seven77', 'seven77')).toBe('short');
    expect(passphraseFault('eight888', 'eight889')).toBe('different');
    expect(passphraseFault('eight888', 'eight888')).toBeUndefined();
  });
});
