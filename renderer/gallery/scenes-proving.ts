import type { AuthorizationView, ChallengeView } from '../../shared/enrollment-state.ts';
import type { TokensView } from '../../shared/models/token.ts';
import type { Proving } from '../navigation.ts';
import {
  authorization,
  byCertificate,
  certificate,
  dnsRecord,
  hotp,
  manyCertificates,
  ownCertificate,
  passkey,
  proving,
  registeredKey,
  sentCode,
  totp,
  unsupported,
} from '../testing/enrollments.ts';
import { problem, tokenFailure, unsafeChallenge, wrongCode } from '../testing/failures.ts';
import { card, driver, pinQuestion, tokensView } from '../testing/tokens.ts';
import { never, refusal, scene, type Act, type Scene } from './scene.ts';

const start = { at: 'enrollment', enrollmentId: 'e-1' } as const;

interface Stage {
  readonly enrollment?: Partial<Proving>;
  readonly tokens?: TokensView;
  readonly acts?: readonly Act[];
  readonly answer?: 'never' | 'refused';
}

function proofs(authorizations: readonly AuthorizationView[], stage: Stage = {}): Scene {
  const { enrollment, tokens, acts = [], answer } = stage;
  const reply = answer === 'never' ? never : refusal(wrongCode(2));
  return scene({
    start,
    acts,
    enrollments: [proving(authorizations, enrollment)],
    ...(tokens === undefined ? {} : { tokens }),
    ...(answer === undefined ? {} : { replies: { enrollment: { answer: reply } } }),
  });
}
const proof = (challenges: readonly ChallengeView[], stage?: Stage): Scene =>
  proofs([authorization({ challenges })], stage);

const withCard = tokensView([driver([card])]);
const withoutCard = tokensView([driver([null])]);
const onCard = certificate();
const older = certificate({
  candidateId: '5c'.repeat(32),
  subject: 'CN=Alex Demo,OU=Archive,O=Northlight Shipyards,C=DE',
  purposes: ['documentSigning', '1.3.6.1.4.1.55555.7.1'],
  notAfter: '2031-04-01T00:00:00Z',
  hindrance: 'token-absent',
  token: 'Old card',
});
const refusedProof = problem('incorrectResponse', 'The signature is not over this challenge.', {
  attemptsRemaining: 2,
});
const another = 'prove.way.another';

/** Every kind of challenge in every state: what the person is asked, and what becomes of it. */
export const ofChallenges: Readonly<Record<string, Scene>> = {
  'prove-hotp': proof([hotp]),
  'prove-otp': proof([{ ...sentCode, prompt: 'Text message to +49 ··· 199' }]),
  'prove-otp-display': proof([{ ...sentCode, display: '4471 9023' }]),
  'prove-otp-accent': proof([sentCode], {
    acts: [{ fill: 'challenge.otp', text: 'grün' }, { press: 'prove.submit' }],
  }),
  'prove-own-code': proof([{ ...totp, ownAuthenticator: true }]),
  'prove-processing': proof([{ ...sentCode, status: 'processing' }]),
  'prove-processing-choice': proof([passkey, { ...sentCode, status: 'processing' }]),
  'prove-ways': proofs(
    [
      authorization({
        challenges: [totp, byCertificate([ownCertificate]), passkey, sentCode, unsupported],
        proposed: passkey.challengeId,
      }),
    ],
    { acts: [{ press: another }] },
  ),
  'prove-ways-code': proofs([
    authorization({ challenges: [byCertificate([]), totp], proposed: totp.challengeId }),
  ]),
  'prove-all-of': proofs([
    authorization({ authorizationId: 'a-1', status: 'valid' }),
    authorization({ authorizationId: 'a-2', challenges: [passkey] }),
    authorization({
      authorizationId: 'a-3',
      identifier: { type: 'dns', value: 'releases.northlight.example' },
      challenges: [dnsRecord],
    }),
  ]),
  'prove-certificate': proof([byCertificate([onCard, ownCertificate, older])], {
    tokens: withCard,
  }),
  'prove-certificate-alike': proof(
    [
      byCertificate([
        onCard,
        { ...onCard, candidateId: '5a'.repeat(32), notAfter: '2027-09-01T08:26:02Z' },
        { ...ownCertificate, subject: 'CN=Alex Demo' },
      ]),
    ],
    { tokens: withCard },
  ),
  'prove-certificate-choice': proof([byCertificate([onCard, ownCertificate, older]), totp], {
    tokens: withCard,
  }),
  'prove-certificate-details': proof([byCertificate([onCard])], {
    tokens: withCard,
    acts: [{ open: 'details' }, { scroll: 'end' }],
  }),
  'prove-certificate-signing': proof([byCertificate([onCard])], {
    tokens: withCard,
    enrollment: { sending: true },
  }),
  'prove-certificate-pin': proof([byCertificate([onCard])], {
    enrollment: { sending: true },
    tokens: tokensView([driver([card])], { pinQuestion: pinQuestion({ reason: 'use-account' }) }),
  }),
  'prove-certificate-none': proof([byCertificate([])], { tokens: withoutCard }),
  'prove-certificate-looking': proof([byCertificate([], { issuers: [] })], {
    tokens: { ...withoutCard, status: 'looking' },
  }),
  'prove-certificate-hindered': proof(
    [
      byCertificate([
        { ...onCard, hindrance: 'pin-locked' },
        { ...older, candidateId: '5d'.repeat(32), hindrance: 'pin-not-set', token: '' },
      ]),
    ],
    { tokens: withCard },
  ),
  'prove-certificate-many': proof([byCertificate(manyCertificates(200))], { tokens: withCard }),
  'prove-certificate-many-all': proof([byCertificate(manyCertificates(200))], {
    tokens: withCard,
    acts: [{ fill: 'home.filter', text: 'archive-01' }],
  }),
  'prove-certificate-names': proof([
    byCertificate([
      certificate({
        candidateId: '5e'.repeat(32),
        subject: 'CN=שרה כהן,O=נמל צפון,C=IL',
        issuer: 'CN=רשות האישורים,O=נמל צפון,C=IL',
        token: 'כרטיס עובד',
      }),
      certificate({
        candidateId: '5f'.repeat(32),
        subject:
          'CN=Dr. Wilhelmine-Charlotte von Hohenberg-Niedersachsenstein zu Oberfinkenwerder,O=Gesellschaft für wissenschaftliche Datenverarbeitung mbH',
        issuer:
          'CN=Zertifizierungsstelle für Mitarbeiterausweise der Gesellschaft für wissenschaftliche Datenverarbeitung Niedersachsen 2026',
        purposes: ['clientAuth', 'emailProtection', 'smartcardLogon', 'documentSigning'],
        place: 'tpm',
      }),
    ]),
  ]),
  'prove-certificate-refused': proof([
    byCertificate([onCard, ownCertificate], { lastFailure: refusedProof }),
  ]),
  'prove-certificate-expired': proof([
    byCertificate([ownCertificate], { lastFailure: { code: 'candidate', reason: 'expired' } }),
  ]),
  'prove-certificate-pin-locked': proof(
    [
      byCertificate([{ ...onCard, hindrance: 'pin-locked' }], {
        lastFailure: tokenFailure('pin-locked'),
      }),
    ],
    { tokens: withCard },
  ),
  'prove-passkey': proof([passkey]),
  'prove-passkey-browser': proof([{ ...passkey, ways: ['browser'] }]),
  'prove-passkey-key': proof([{ ...passkey, ways: [], keys: [registeredKey] }]),
  'prove-passkey-keys': proof([
    {
      ...passkey,
      keys: [
        registeredKey,
        { ...registeredKey, thumbprint: 'k'.repeat(43), place: 'software', token: '' },
      ],
    },
  ]),
  'prove-passkey-window-open': proof([{ ...passkey, underWay: 'window' }], {
    enrollment: { sending: true },
  }),
  'prove-passkey-browser-open': proof([{ ...passkey, underWay: 'browser' }], {
    enrollment: { sending: true },
  }),
  'prove-passkey-none': proof([{ ...passkey, ways: [] }]),
  'prove-passkey-closed': proof([
    { ...passkey, lastFailure: { code: 'passkey', reason: 'closed', detail: 'NotAllowedError' } },
  ]),
  'prove-passkey-refused': proof([{ ...passkey, lastFailure: refusedProof }]),
  'prove-passkey-unknown': proof([
    { ...passkey, lastFailure: problem('unauthorized', 'The credential cannot be used.') },
  ]),
  'prove-unsupported': proof([unsupported, { ...unsupported, type: 'device-attest-01' }]),
  'prove-unsafe': proof([{ ...unsupported, type: 'ppkp-01', because: 'rp-id' }]),
  'prove-unsafe-mixed': proof(
    [unsupported, { ...unsupported, type: 'totp-01', because: 'identifier' }],
    { acts: [{ open: 'details' }] },
  ),
  'prove-beside-domain': proofs(
    [
      authorization({
        identifier: { type: 'dns', value: 'releases.northlight.example' },
        challenges: [
          { ...unsupported, type: 'totp-01', because: 'beside-domain-proof' },
          dnsRecord,
        ],
      }),
    ],
    { acts: [{ open: 'details' }, { scroll: 'end' }] },
  ),
  'prove-unsafe-now': proof([{ ...passkey, lastFailure: unsafeChallenge('challenge') }]),
};
