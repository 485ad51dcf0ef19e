import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvitationError } from './errors.ts';
import { parseInvitation } from './invitation.ts';

const from = encodeURIComponent('https://ca.example.test:14000/enrollment-profile');
const mac = 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlYw';
const good = `countersign://join?from=${from}#kid=eab-1&mac=${mac}`;

function refusalOf(text: string): InvitationError {
  try {
    parseInvitation(text);
  } catch (error) {
    if (error instanceof InvitationError) return error;
    throw error;
  }
  throw new Error('the invitation was accepted');
}

describe('parseInvitation', () => {
  it('reads a whole invitation', () => {
    expect(parseInvitation(`${good}&credential=wifi-vpn&email=alex%2Btest%40example.test`)).toEqual(
      {
        from: 'https://ca.example.test:14000/enrollment-profile',
        offerId: 'wifi-vpn',
        email: 'alex+test@example.test',
        binding: { kid: 'eab-1', macKey: mac },
      },
    );
  });

  it('needs nothing but the address of the profile', () => {
    const profile = { from: 'https://ca.example.test:14000/enrollment-profile' };
    expect(parseInvitation(`countersign://join?from=${from}`)).toEqual(profile);
    expect(parseInvitation(`countersign://join/?from=${from}#`)).toEqual(profile);
    expect(parseInvitation(`  COUNTERSIGN://Join?from=${from}\n`)).toEqual(profile);
  });

  it('takes a plus sign for a plus sign', () => {
    expect(parseInvitation(`${good}&email=alex+test@example.test`).email).toBe(
      'alex+test@example.test',
    );
  });

  it('reads the same from a landing page, with the address in its query or its fragment', () => {
    const expected = parseInvitation(`${good}&email=alex%40example.test`);
    const rest = `kid=eab-1&mac=${mac}&email=alex%40example.test`;
    const landing = 'https://www.example.test/join/eab-1';
    expect(parseInvitation(`${landing}?from=${from}#${rest}`)).toEqual(expected);
    expect(parseInvitation(`${landing}#from=${from}&${rest}`)).toEqual(expected);
  });

  it.each([
    '',
    'hello',
    'not a link at all',
    'mailto:alex@example.test',
    'javascript:alert(1)',
    'file:///etc/passwd',
    `otherapp://join?from=${from}`,
    `countersign://leave?from=${from}`,
    `countersign://join/deeper?from=${from}`,
    `countersign:join?from=${from}`,
    'countersign://join',
    'countersign://join#kid=a',
    'https://www.example.test/',
    `countersign://join?from=${from}#kid=a\tb`,
    `countersign://jo\nin?from=${from}`,
    `countersign://join?from=${from}\u0000`,
    `countersign://join?from=${from}#${'a'.repeat(9000)}`,
  ])('takes %j for something else', (text) => {
    expect(refusalOf(text).reason).toBe('not-an-invitation');
  });

  it.each([
    'http://www.example.test/join',
    `http://www.example.test/join?from=${from}`,
    `https://user:secret@www.example.test/?from=${from}`,
    `countersign://user@join?from=${from}`,
    `countersign://join?from=${encodeURIComponent('http://ca.example.test/p')}`,
    `countersign://join?from=${encodeURIComponent('https://a:b@ca.example.test/p')}`,
    `countersign://join?from=${encodeURIComponent('https://ca.example.test/p#x')}`,
    `countersign://join?from=${encodeURIComponent('file:///etc/passwd')}`,
    `countersign://join?from=${encodeURIComponent('javascript:alert(1)')}`,
    `countersign://join?from=${encodeURIComponent(`https://ca.example.test/${'p'.repeat(2048)}`)}`,
    'countersign://join?from=',
    'countersign://join?from=/enrollment-profile',
    'countersign://join?from=%00',
  ])('refuses the address in %j', (text) => {
    expect(refusalOf(text).reason).toBe('unsafe-address');
  });

  it.each([
    'root=MIIB',
    'roots=MIIB',
    'caCert=MIIB',
    'ca_cert=MIIB',
    'fingerprint=00',
    'sha256=00',
    'x5c=MIIB',
    'insecure=1',
    'insecure',
    'verify=false',
    'directory=https%3A%2F%2Fevil.example',
    'TRUST=yes',
  ])('refuses a link that carries trust: %s', (member) => {
    expect(refusalOf(`${good}&${member}`).reason).toBe('carries-trust');
    expect(refusalOf(`countersign://join?${member}&from=${from}`).reason).toBe('carries-trust');
  });

  it.each([
    ['an unknown member', `${good}&colour=red`],
    ['an unknown member of the query', `countersign://join?from=${from}&colour=red`],
    ['a name in other letters', `countersign://join?from=${from}#KID=a&mac=${mac}`],
    ['an encoded name', `countersign://join?from=${from}#k%69d=a&mac=${mac}`],
    ['a repeated member', `${good}&kid=eab-2`],
    ['a repeated address', `countersign://join?from=${from}&from=${from}`],
    ['an address in both places', `countersign://join?from=${from}#from=${from}`],
    ['a secret in the query', `countersign://join?from=${from}&kid=a&mac=${mac}`],
    ['a binding without its key', `countersign://join?from=${from}#kid=a`],
    ['a key without its binding', `countersign://join?from=${from}#mac=${mac}`],
    ['a short key', `countersign://join?from=${from}#kid=a&mac=AAAA`],
    ['a key that is not base64url', `countersign://join?from=${from}#kid=a&mac=${mac}%2B%2F%3D`],
    ['an enormous key', `countersign://join?from=${from}#kid=a&mac=${'A'.repeat(129)}`],
    ['an empty kid', `countersign://join?from=${from}#kid=&mac=${mac}`],
    ['a control character in the kid', `countersign://join?from=${from}#kid=a%00b&mac=${mac}`],
    ['an enormous kid', `countersign://join?from=${from}#kid=${'k'.repeat(257)}&mac=${mac}`],
    ['a path for an offer', `${good}&credential=..%2F..%2Fetc`],
    ['markup for an offer', `${good}&credential=%3Cscript%3E`],
    ['an address that is none', `${good}&email=alex`],
    ['an address with a line break', `${good}&email=alex%0A%40example.test`],
    ['broken encoding', `${good}&email=%E0%A4%A`],
    ['a prototype for a member', `${good}&__proto__=x`],
    ['a constructor for a member', `${good}&constructor=x`],
  ])('refuses %s', (_what, text) => {
    expect(refusalOf(text).reason).toBe('malformed');
  });

  it('never repeats the link in what it throws', () => {
    for (const text of [`${good}&kid=x`, `${good}&email=no`, `countersign://join?from=${mac}`]) {
      const { message, cause } = refusalOf(text);
      expect(message).not.toContain(mac);
      expect(String(cause)).not.toContain(mac);
    }
  });

  it('refuses or reads, and never fails otherwise', () => {
    const members = fc.array(
      fc.tuple(
        fc.constantFrom('from', 'kid', 'mac', 'credential', 'email', 'root', '__proto__', ''),
        fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl(), fc.constant(from), fc.constant(mac)),
      ),
    );
    const text = members.map((list) => list.map((member) => member.join('=')).join('&'));
    fc.assert(
      fc.property(text, text, (query, fragment) => {
        try {
          const invitation = parseInvitation(`countersign://join?${query}#${fragment}`);
          expect(invitation.from).toMatch(/^https:\/\//);
        } catch (error) {
          expect(error).toBeInstanceOf(InvitationError);
        }
      }),
    );
  });
});
