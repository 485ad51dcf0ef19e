import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';
import { describe, expect, it } from 'vitest';
import { named, readVectors } from './read.mjs';

const { good, refused, given } = readVectors('ppkp-01-passkey');

function verify({ credential }) {
  const passkey = given.passkeys.find(({ id }) => id === credential.id);
  if (passkey === undefined) throw new Error('nobody registered the passkey');
  return verifyAuthenticationResponse({
    response: credential,
    expectedChallenge: given.challenge,
    expectedOrigin: given.origin,
    expectedRPID: given.rpId,
    requireUserVerification: true,
    credential: {
      id: passkey.id,
      publicKey: new Uint8Array(Buffer.from(passkey.publicKey, 'base64url')),
      counter: passkey.signCount,
    },
  });
}

/** The library leaves these to its caller. */
const callers = [
  'cross-origin',
  'cross-origin-text',

  'backup-eligible',
  'user-handle-other',
  'shape-both',
];

describe('an assertion', () => {
  it.each(named(good))('by %s verifies', async (_id, { output }) => {
    const { verified, authenticationInfo } = await verify(output.response);
    expect(verified).toBe(true);
    expect(authenticationInfo).toMatchObject({ userVerified: true, origin: given.origin });
    const { clientDataJSON, authenticatorData } = output.response.credential.response;
    expect(Buffer.from(clientDataJSON, 'base64url').toString()).toBe(output.clientData);
    expect(Buffer.from(authenticatorData, 'base64url').toString('hex')).toBe(
      output.authenticatorData,
    );
  });

  it.each(named(refused.filter(({ id }) => !callers.includes(id))))(
    '%s is refused by the library as well',
    async (_id, { input }) => {
      const outcome = await Promise.resolve(input.response)
        .then(verify)
        .then(
          ({ verified }) => verified,
          () => false,
        );
      expect(outcome).toBe(false);
    },
  );

  it.each(named(refused.filter(({ id }) => callers.includes(id))))(
    '%s is refused although the library has nothing against it',
    async (_id, { input }) => {
      expect(await verify(input.response)).toMatchObject({ verified: true });
    },
  );
});

describe('a registration', () => {
  const registrations = readVectors('passkey-registration');

  const register = ({ credential }) =>
    verifyRegistrationResponse({
      response: credential,
      expectedChallenge: registrations.given.challenge,
      expectedOrigin: registrations.given.origin,
      expectedRPID: registrations.given.rpId,
      requireUserVerification: true,
    });

  it.each(named(registrations.good))('by %s is of the passkey', async (_id, { output }) => {
    const { verified, registrationInfo } = await register(output.request);
    expect(verified).toBe(true);
    const { credential, credentialDeviceType } = registrationInfo;
    const { id, publicKey, signCount, synchronises } = output.passkey;
    expect(credential).toMatchObject({ id, counter: signCount });
    expect(Buffer.from(credential.publicKey).toString('base64url')).toBe(publicKey);
    expect(credentialDeviceType).toBe(synchronises ? 'multiDevice' : 'singleDevice');
  });

  // The library leaves these to its caller.
  const callers = ['cross-origin', 'id-other'];

  it.each(named(registrations.refused.filter(({ id }) => !callers.includes(id))))(
    '%s is refused by the library as well',
    async (_id, { input }) => {
      const outcome = await register(input.request).then(
        ({ verified }) => verified,
        () => false,
      );
      expect(outcome).toBe(false);
    },
  );

  it.each(named(registrations.refused.filter(({ id }) => callers.includes(id))))(
    '%s is refused although the library has nothing against it',
    async (_id, { input }) => {
      expect(await register(input.request)).toMatchObject({ verified: true });
    },
  );
});
