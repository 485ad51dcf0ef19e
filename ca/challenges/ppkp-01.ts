import { createHash } from 'node:crypto';
import { approvedBy, keyAuthorizationFor } from '../approvals/key-authorization.ts';
import type { SignedResponse } from '../approvals/evidence.ts';
import type { JwsHeader } from '../jws.ts';
import { verifyAssertion } from '../passkeys/assertion.ts';
import type { Assertion } from '../passkeys/assertion.ts';
import { CEREMONY_TIMEOUT, descriptorOf } from '../passkeys/attestation.ts';
import { provesKey, readKeyProof } from '../passkeys/key-proof.ts';
import type { KeyProof } from '../passkeys/key-proof.ts';
import { passkeyPublicKeyInfo } from '../passkeys/public-key.ts';
import type { RelyingParty } from '../passkeys/relying-party.ts';
import { readAssertion } from '../passkeys/responses.ts';
import type { Person } from '../people-types.ts';
import { Problem } from '../problems.ts';
import type { State } from '../state.ts';
import type { Passkey } from '../state/passkeys.ts';
import { challengeStatus } from '../status.ts';
import { publicKeyInfoOf } from '../x509/public-key-info.ts';
import type {
  AnsweredChallengeType,
  ChallengeResponse,
  Circumstances,
  Deliberation,
  Verdict,
} from './challenge-type.ts';
import type { Attempt, Throttle } from './throttle.ts';

export type PpkpOptions = {
  readonly state: State;
  readonly clock: () => Date;
  readonly throttle: Throttle;
  /** Undefined where there can be no passkeys; key pairs go on. */
  readonly relyingParty: RelyingParty | undefined;
};

const TRIES = 3;

const unusable: Verdict = { outcome: 'unusable' };

/** A passkey, or a key pair that was registered (docs/wire-profile.md §4). */
export function createPpkp(options: PpkpOptions): AnsweredChallengeType {
  const { state } = options;
  return {
    kind: 'answered',
    type: 'ppkp-01',
    deliberates: true,
    suits: ({ person }) =>
      person !== undefined &&
      (passkeysOf(person, options).length > 0 ||
        state.registeredKeys.ofPerson(person.id).length > 0),
    describe: (circumstances) => describe(circumstances, options),
    answer(response) {
      const given = readResponse(response.payload);
      return state.transaction(() =>
        'credential' in given
          ? answerByPasskey(given.credential, response, options)
          : answerByKey(given.proof, response, options),
      );
    },
  };
}

/** Those that may be used, here and now. */
function passkeysOf({ id }: Person, { state, relyingParty }: PpkpOptions): readonly Passkey[] {
  if (relyingParty === undefined) return [];
  return state.passkeys.ofPerson(id).filter(({ flaggedAt }) => flaggedAt === undefined);
}

function describe(
  { challenge, authorization, account, person }: Circumstances,
  options: PpkpOptions,
): Readonly<Record<string, unknown>> {
  const { state, relyingParty } = options;
  const webauthnUrl = relyingParty?.page;
  const isOver = challenge.validatedAt !== undefined || challenge.failedAt !== undefined;
  if (person === undefined || isOver) return {};
  const passkeys = passkeysOf(person, options);
  const keys = state.registeredKeys.ofPerson(person.id).map(({ thumbprint }) => thumbprint);
  const publicKey = {
    rpId: relyingParty?.id,
    challenge: digestOf(
      keyAuthorizationFor({ challenge, account, approving: approvedBy(authorization) }),
    ),
    timeout: CEREMONY_TIMEOUT,
    userVerification: 'required',
    allowCredentials: passkeys.map(descriptorOf),
  };
  return {
    ...(passkeys.length === 0 ? {} : { publicKey }),
    ...(keys.length === 0 ? {} : { keys }),
    ...(passkeys.length === 0 || webauthnUrl === undefined ? {} : { webauthnUrl }),
  };
}

/** What the person's authenticator signs over: bound to the account by its key. */
function digestOf(keyAuthorization: string): string {
  return createHash('sha256').update(keyAuthorization, 'ascii').digest('base64url');
}

type Credential = ReturnType<typeof readAssertion>;
type Given = { readonly credential: Credential } | { readonly proof: KeyProof };

function readResponse(payload: JwsHeader): Given {
  if ('credential' in payload === 'sig' in payload) {
    throw new Problem('malformed', 'The response must have either a "credential" or a "sig".');
  }
  return 'credential' in payload
    ? { credential: readAssertion(payload['credential']) }
    : { proof: readKeyProof(payload['sig']) };
}

function admit({ challenge }: ChallengeResponse, person: Person, { throttle }: PpkpOptions) {
  return throttle.admit({ credential: `ppkp:${person.id}`, challenge, tries: TRIES });
}

function answerByPasskey(
  credential: Credential,
  response: ChallengeResponse,
  options: PpkpOptions,
): Verdict | Deliberation {
  const { state, relyingParty } = options;
  const { person, keyAuthorization } = response;
  if (person === undefined || relyingParty === undefined) return unusable;
  const attempt = admit(response, person, options);
  if (attempt.outcome !== 'admitted') return attempt;
  const passkey = passkeysOf(person, options).find(({ id }) => id === credential.id);
  const { userHandle } = credential.response;
  const isTheirs =
    userHandle === undefined || userHandle === state.passkeys.userHandleOf(person.id);
  if (passkey === undefined || !isTheirs) return unusable;
  const challenge = digestOf(keyAuthorization);
  return {
    outcome: 'deliberating',
    verdict: async () => {
      const assertion = await verifyAssertion({
        response: credential,
        passkey,
        challenge,
        relyingParty,
      });
      const asserting = { credential, passkey, attempt, response };
      return state.transaction(() => settle(assertion, asserting, options));
    },
  };
}

type Asserting = {
  readonly credential: Credential;
  readonly passkey: Passkey;
  readonly attempt: Attempt;
  readonly response: ChallengeResponse;
};

/** Compares with what is so now, which is not what was so when the library was asked. */
function settle(
  assertion: Assertion | undefined,
  asserting: Asserting,
  { state, clock }: PpkpOptions,
): Verdict {
  const { attempt, response } = asserting;
  const { id } = asserting.passkey;
  if (assertion === undefined) return attempt.fail();
  const challenge = state.challenges.find(response.challenge.id);
  const isOpen = challenge !== undefined && challengeStatus(challenge) === 'processing';
  const passkey = state.passkeys.find(id);
  if (!isOpen || passkey === undefined || passkey.flaggedAt !== undefined) return unusable;
  if (!assertion.userVerified || assertion.deviceType !== passkey.deviceType) return unusable;
  const { signCount, backedUp } = assertion;
  if (!isNewer(signCount, passkey.signCount)) {
    state.passkeys.flag(id, clock());
    return unusable;
  }
  state.passkeys.recordUse(id, { signCount, backedUp, at: clock() });
  return attempt.succeed(response.approving && assertedBy(passkey, asserting));
}

function assertedBy(
  { publicKey }: Passkey,
  { credential, response: { keyAuthorization } }: Asserting,
): SignedResponse {
  const { authenticatorData, clientDataJSON, signature } = credential.response;
  const publicKeyInfo = passkeyPublicKeyInfo(publicKey);
  const signed = { authenticatorData, clientDataJSON, signature };
  const shown = publicKeyInfo.toString('base64url');
  return {
    publicKeyInfo,
    evidence: { type: 'passkey', keyAuthorization, publicKey: shown, ...signed },
  };
}

/** WebAuthn L3 §6.1.1: an authenticator without counters says zero for ever. */
function isNewer(signCount: number, stored: number): boolean {
  return signCount > stored || (signCount === 0 && stored === 0);
}

function answerByKey(proof: KeyProof, response: ChallengeResponse, options: PpkpOptions): Verdict {
  const { state, clock } = options;
  const { person, challengeUrl, keyAuthorization } = response;
  if (person === undefined) return unusable;
  const attempt = admit(response, person, options);
  if (attempt.outcome !== 'admitted') return attempt;
  const expected = { typ: 'acme-ppkp-01+jws', url: challengeUrl, payload: keyAuthorization };
  if (!provesKey(proof, expected)) return attempt.fail();
  const { thumbprint } = proof.key;
  const isTheirs = state.registeredKeys.find(thumbprint)?.personId === person.id;
  // An account may have taken the key since it was registered.
  const isAccountKey = state.accounts.findByThumbprint(thumbprint) !== undefined;
  if (!isTheirs || isAccountKey) return unusable;
  state.registeredKeys.recordUse(thumbprint, clock());
  if (response.approving === undefined) return attempt.succeed();
  const publicKeyInfo = publicKeyInfoOf(proof.key.key);
  // Read as text before it was believed.
  const { sig } = response.payload as { readonly sig: string };
  const publicKey = publicKeyInfo.toString('base64url');
  return attempt.succeed({
    publicKeyInfo,
    evidence: { type: 'key', keyAuthorization, publicKey, sig },
  });
}
