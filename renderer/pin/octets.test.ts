import { describe, expect, it } from 'vitest';
import { pinFault, sameOctets, spending, takeOctets } from './octets.ts';

const field = (value: string): HTMLInputElement => ({ value }) as HTMLInputElement;
const octets = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('what is typed as a PIN', () => {
  it('leaves the field as it is taken out, as UTF-8', () => {
    const input = field('1234ü');
    expect([...takeOctets(input)]).toEqual([0x31, 0x32, 0x33, 0x34, 0xc3, 0xbc]);
    expect(input.value).toBe('');
    expect(takeOctets(null)).toHaveLength(0);
  });

  it('is overwritten when the call is over, however it ends', async () => {
    const pin = octets('123456');
    await expect(spending([pin], () => Promise.resolve([...pin]))).resolves.toEqual([
      ...octets('123456'),
    ]);
    expect([...pin]).toEqual([0, 0, 0, 0, 0, 0]);
    const other = octets('987654');
    await expect(spending([pin, other], () => Promise.reject(new Error('no')))).rejects.toThrow(
      'no',
    );
    expect([...other]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('is looked at before it costs a try, by octets', () => {
    const limits = { min: 4, max: 8 };
    expect(pinFault(octets(''), limits)).toBe('empty');
    expect(pinFault(octets('123'), limits)).toBe('short');
    expect(pinFault(octets('1234'), limits)).toBeUndefined();
    expect(pinFault(octets('üüüüü'), limits)).toBe('long');
    // A module that does not know says 0, or more than anybody can send.
    expect(pinFault(octets('123456789'), { min: 0, max: 0 })).toBeUndefined();
    expect(pinFault(new Uint8Array(256), { min: 0, max: 4_294_967_295 })).toBe('long');
  });

  it('is the same twice or it is not', () => {
    expect(sameOctets(octets('1234'), octets('1234'))).toBe(true);
    expect(sameOctets(octets('1234'), octets('1235'))).toBe(false);
    expect(sameOctets(octets('1234'), octets('12345'))).toBe(false);
  });
});
