import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCertificateId, writeCertificateId } from './certificate-id.ts';

// RFC 9773 §4.1 and its appendix A.
const example = 'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE';
const keyIdentifier = Buffer.from('69885b6b87464041e1b37b847ba0ae2cde01c8d4', 'hex');

describe("a certificate's name for renewal information", () => {
  it('is that of the RFC for the example of the RFC', () => {
    const serial = Buffer.from('0087654321', 'hex');
    expect(writeCertificateId(keyIdentifier, serial)).toBe(example);
    expect(writeCertificateId(keyIdentifier, serial.subarray(1))).toBe(example);
    expect(readCertificateId(example)).toEqual({ keyIdentifier, serial });
  });

  it.each([
    '',
    '.',
    'aYhba4dGQEHhs3uEe6CuLN4ByNQ',
    'aYhba4dGQEHhs3uEe6CuLN4ByNQ.',
    '.AIdlQyE',
    `${example}=`,
    `${example}.AIdlQyE`,
    `${example}\n`,
    'aYhba4dGQEHhs3uEe6CuLN4ByNQ=.AIdlQyE=',
    // The same bytes spelt otherwise, a negative number, zeros without need, too long.
    'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyF',
    'aYhba4dGQEHhs3uEe6CuLN4ByNQ.h2VDIQ',
    'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AAdlQyE',
    `aYhba4dGQEHhs3uEe6CuLN4ByNQ.${Buffer.alloc(21, 1).toString('base64url')}`,
    'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AId/QyE',
  ])('is not %j', (text) => {
    expect(readCertificateId(text)).toBeUndefined();
  });

  it('is read back as it was written, for every serial number', () => {
    const serials = fc.uint8Array({ minLength: 1, maxLength: 19 });
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), serials, (key, bytes) => {
        const text = writeCertificateId(Buffer.from(key), Buffer.from(bytes));
        const id = readCertificateId(text);
        expect(id).toBeDefined();
        expect(id && writeCertificateId(id.keyIdentifier, id.serial)).toBe(text);
      }),
    );
  });

  it('is told apart from any other text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (text) => {
        const id = readCertificateId(text);
        if (id !== undefined) expect(writeCertificateId(id.keyIdentifier, id.serial)).toBe(text);
      }),
    );
  });
});
