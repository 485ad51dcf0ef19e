import { createHash } from 'node:crypto';
import type { PasskeyWay, RegisteredKeyView } from '../../../shared/enrollment-state.ts';
import type { ChallengeFault } from '../../../shared/failure.ts';
import { signChallenge } from '../../acme/compact-jws.ts';
import { tokenKind, type Challenge } from '../../acme/challenge.ts';
import type { JsonObject } from '../../acme/json.ts';
import type { RequestOptions } from '../../passkeys/ceremony.ts';
import { matchingCode } from '../../passkeys/matching-code.ts';
import type { RegisteredKey } from '../passkey-room.ts';
import {
  notAnAnswer,
  type AnswerWork,
  type Asked,
  type ChallengeType,
  type ProofRooms,
} from './challenge-type.ts';

/** A passkey, or a key pair that is registered as this person's (docs/wire-profile.md). */
export const ppkp01: ChallengeType = {
  kind: 'passkey',
  type: 'ppkp-01',

  show: ({ challenge }, rooms) => {
    const because = faultIn(challenge, rooms);
    if (because !== undefined) return { kind: 'unsupported', because };
    const { underWay, client, passkeys } = rooms;
    const way = underWay?.challengeUrl === challenge.url ? underWay.way : undefined;
    return {
      kind: 'passkey',
      rpId: new URL(passkeys.directoryUrl).hostname,
      ways: waysFor(challenge, rooms),
      matchingCode: matchingCode(client.thumbprint),
      ...(way && { underWay: way }),
      keys: keysFor(challenge, rooms).map(viewKey),
    };
  },

  respond: async (asked, answer, work) => {
    if (faultIn(asked.challenge, work.rooms) !== undefined) throw notAnAnswer();
    switch (answer.by) {
      case 'passkey':
        return byPasskey(asked, answer.way, work);
      case 'key':
        return byKey(asked, answer.thumbprint, work);
      default:
        throw notAnAnswer();
    }
  },
};

/** Neither a host that the CA is not, nor a challenge that is not this account's, nor a page of somebody else. */
function faultIn(
  challenge: Challenge,
  { client, passkeys, approvalDigest }: ProofRooms,
): ChallengeFault | undefined {
  const { token, publicKey, webauthnUrl } = challenge;
  if (token === undefined || tokenKind({ token }) !== 'sound') return 'token';
  if (publicKey === 'unreadable') return 'challenge';
  const { hostname, origin } = new URL(passkeys.directoryUrl);
  // WebAuthn L3 §5.1.4: an address is no relying party.
  if ((publicKey?.rpId ?? hostname) !== hostname || isAddress(hostname)) return 'rp-id';
  const expected = webauthnChallenge(client.challenges.keyAuthorization(token, approvalDigest));
  if ((publicKey?.challenge ?? expected) !== expected) return 'challenge';
  if (webauthnUrl === undefined) return undefined;
  return webauthnUrl !== 'unreadable' && new URL(webauthnUrl).origin === origin
    ? undefined
    : 'page';
}

const isAddress = (host: string): boolean => host.startsWith('[') || /^\d+(\.\d+){3}$/.test(host);

/** As for `dns-01` (RFC 8555 §8.4): what the authenticator signs has the account in it. */
const webauthnChallenge = (keyAuthorization: string): string =>
  createHash('sha256').update(keyAuthorization, 'ascii').digest('base64url');

function waysFor(
  { publicKey, keys, webauthnUrl }: Challenge,
  { passkeys }: ProofRooms,
): readonly PasskeyWay[] {
  const { ways = [] } = passkeys.passkeys ?? {};
  const allowed = publicKey === 'unreadable' ? undefined : publicKey?.allowCredentials;
  // An empty list is not the same as none, which leaves it to the authenticator: the CA knows no passkey of this person's.
  if (allowed?.length === 0) return [];
  // Nor does one that names keys and says nothing of passkeys.
  if (publicKey === undefined && keys !== undefined && keys.length > 0) return [];
  return ways.filter((way) => way === 'window' || webauthnUrl !== undefined);
}

function keysFor({ keys = [] }: Challenge, { client, passkeys }: ProofRooms): RegisteredKey[] {
  return passkeys
    .keys()
    .filter(({ thumbprint }) => keys.includes(thumbprint) && thumbprint !== client.thumbprint);
}

const viewKey = ({ thumbprint, place, token, registeredAt }: RegisteredKey): RegisteredKeyView => ({
  ...{ thumbprint, place, registeredAt },
  ...(token !== undefined && { token }),
});

async function byPasskey(
  { challenge }: Asked,
  way: PasskeyWay,
  { rooms, signal }: AnswerWork,
): Promise<JsonObject> {
  const { client, passkeys } = rooms;
  const { organizationId, directoryUrl, passkeys: here } = passkeys;
  if (here === undefined || !waysFor(challenge, rooms).includes(way)) throw notAnAnswer();
  const { origin, host } = new URL(directoryUrl);
  const credential = await here.ceremonies.assert(
    {
      ...{ way, organizationId, origin, page: challenge.webauthnUrl, caHost: host },
      code: matchingCode(client.thumbprint),
      options: optionsFor(challenge, rooms),
    },
    signal,
  );
  return { credential: { ...credential, response: { ...credential.response } } };
}

/** Only what is named here is passed on, with a challenge of our own making (WebAuthn L3 §5.1.10). */
function optionsFor(
  { token = '', publicKey }: Challenge,
  { client, passkeys, approvalDigest }: ProofRooms,
): RequestOptions {
  const asked = publicKey === 'unreadable' ? undefined : publicKey;
  const { timeout, hints, allowCredentials } = asked ?? {};
  return {
    challenge: webauthnChallenge(client.challenges.keyAuthorization(token, approvalDigest)),
    rpId: new URL(passkeys.directoryUrl).hostname,
    userVerification: 'required',
    ...(timeout !== undefined && { timeout }),
    ...(hints && { hints }),
    ...(allowCredentials && {
      allowCredentials: allowCredentials.map(({ type, id, transports }) => ({
        ...{ type, id },
        ...(transports && { transports }),
      })),
    }),
  };
}

async function byKey(
  { challenge }: Asked,
  thumbprint: string,
  { rooms, signal }: AnswerWork,
): Promise<JsonObject> {
  const { client, passkeys, approvalDigest } = rooms;
  const key = keysFor(challenge, rooms).find((each) => each.thumbprint === thumbprint);
  if (key === undefined) throw notAnAnswer();
  const signer = await passkeys.signer(key, signal);
  const header = { typ: 'acme-ppkp-01+jws', jwk: signer.publicJwk } as const;
  const { thumbprint: account } = client;
  const sig = await signChallenge(signer, header, {
    ...{ challenge, thumbprint: account, approvalDigest },
  });
  return { sig };
}
