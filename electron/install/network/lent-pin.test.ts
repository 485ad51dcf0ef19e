import { describe, expect, it } from 'vitest';
import type { Proof } from '../../../shared/models/credential.ts';
import type { TokenFault } from '../../../shared/failure.ts';
import { TokenError } from '../../pkcs11/token-error.ts';
import type { InstalledCredential, TokenKey } from '../install-target.ts';
import { provingWithPin } from './lent-pin.ts';

const now = (): Date => new Date('2026-11-22T12:00:00Z');
const probes = { radius: { host: '127.0.0.1', port: 1812, secret: 'x' } };
const proven: Proof = { status: 'proven', method: 'signature', by: 'module', at: 'now' };

function onToken(lendPin: TokenKey['lendPin']): InstalledCredential {
  const token = { label: 'card', serial: '1', manufacturer: 'm', model: 'm' };
  const key = { token, keyId: '01', modulePath: '/module.so', moduleName: 'module' };
  const [checkModule, sign] = [() => Promise.resolve(), () => Promise.resolve(new Uint8Array())];
  return {
    ...{ credentialId: 'one', certificate: new Uint8Array(), location: 'here' },
    token: { ...key, checkModule, sign, lendPin },
  };
}

const refusing =
  (reason: TokenFault): TokenKey['lendPin'] =>
  () =>
    Promise.reject(new TokenError({ reason, module: 'module', token: 'card' }, 'asking'));

describe('proofs that need a PIN', () => {
  it('are given the one that is lent, once for all of them', async () => {
    const pins: (Uint8Array | undefined)[] = [];
    const prove = (pin?: Uint8Array) => {
      pins.push(pin);
      return Promise.resolve([proven]);
    };
    const pin = Buffer.from('1234');
    expect(
      await provingWithPin(
        onToken((work) => work(pin)),
        probes,
        prove,
        now,
      ),
    ).toEqual([proven]);
    await provingWithPin(
      onToken((work) => work(null)),
      probes,
      prove,
      now,
    );
    await provingWithPin(onToken(refusing('refused')), {}, prove, now);
    expect(pins).toEqual([pin, undefined, undefined]);
  });

  it('fail when the person thinks better of it, and go on as far as they can where nobody is', async () => {
    const prove = () => Promise.resolve([proven]);
    expect(
      await provingWithPin(onToken(refusing('pin-cancelled')), probes, prove, now),
    ).toMatchObject([
      {
        status: 'failed',
        method: 'signature',
        failure: { code: 'token', reason: 'pin-cancelled' },
      },
    ]);
    expect(await provingWithPin(onToken(refusing('pin-needed')), probes, prove, now)).toEqual([
      proven,
    ]);
  });
});
