import { describe, expect, it } from 'vitest';
import { madeUp } from '../../testing/made-up.ts';
import { outcomeOf } from './eapol-test-output.ts';
import { namesAskedFor } from './trusted-names.ts';

const answered =
  'STA 02:00:00:00:00:01: Received RADIUS packet matched with a pending request, round trip time 0.00 sec';
const failed = (...lines: readonly string[]) =>
  outcomeOf(252, [answered, ...lines, 'FAILURE'].join('\n'));
const alert = (name: string) => `EAP: Status notification: remote TLS alert (param=${name})`;

describe('what eapol_test says', () => {
  it('is a success with its exit code and its last word, and with nothing less', () => {
    expect(outcomeOf(0, `${answered}\nSUCCESS\n`)).toEqual({ status: 'signed-in' });
    expect(outcomeOf(252, `${answered}\nSUCCESS\n`)).toMatchObject({ status: 'failed' });
    expect(outcomeOf(0, answered)).toMatchObject({ status: 'failed' });
  });

  it.each([
    ['certificate revoked', 'revoked'],
    ['certificate expired', 'expired'],
    ['unknown CA', 'wrong-ca'],
    ['unsupported certificate', 'purpose'],
    ['handshake failure', 'refused'],
  ])('of the alert "%s" is the link "%s"', (name, link) => {
    expect(failed(alert(name))).toMatchObject({ link, detail: `TLS alert: ${name}` });
  });

  it('names the server’s own certificate before anything that the server says', () => {
    const error = (reason: number, subject = '/CN=x') =>
      `CTRL-EVENT-EAP-TLS-CERT-ERROR reason=${reason} depth=0 subject='${subject}' err='why'`;
    expect(failed(error(10), alert('unknown CA'))).toMatchObject({ link: 'name-mismatch' });
    expect(failed(error(1))).toMatchObject({ link: 'server-ca', detail: 'why' });
    expect(failed(error(4))).toMatchObject({ link: 'server-ca' });
  });

  it('is not what a server makes it look like', () => {
    const subject = `CTRL-EVENT-EAP-PEER-CERT depth=0 subject='/CN=${alert('certificate revoked')}'`;
    expect(failed(subject)).toMatchObject({ link: 'refused' });
    expect(failed(`   Value: 'SUCCESS'`)).toMatchObject({ link: 'refused' });
  });

  it('tells a PIN that was refused from a key that is not there', () => {
    expect(failed('ENGINE: cannot load private key with id')).toMatchObject({ link: 'key' });
    expect(outcomeOf(252, 'FAILURE')).toMatchObject({ link: 'unreachable' });
  });

  it('is read with whatever it says whom the server asked for', () => {
    const octets = Array.from({ length: 64 }, (_octet, index) => index * 7);
    for (let round = 0; round < madeUp(500); round += 1) {
      const message = Buffer.from(octets.map((octet) => (octet * (round + 1)) % 256));
      for (const version of ['1.2', '1.3'] as const) {
        for (const name of namesAskedFor(message.subarray(0, round % 65), version)) {
          expect(name.length).toBeLessThan(64);
        }
      }
    }
    expect(namesAskedFor(Buffer.alloc(0), '1.2')).toEqual([]);
    // One type, no algorithms, one name of two octets.
    const request = Buffer.from('0d00000b010100000004000230 00'.replaceAll(' ', ''), 'hex');
    expect(namesAskedFor(request, '1.2')).toEqual([Buffer.from('3000', 'hex')]);
  });
});
