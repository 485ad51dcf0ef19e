import type { CredentialOffer } from '../../shared/models/enrollment-profile.ts';
import type { PinQuestion, TokenCompatibility, TokensView } from '../../shared/models/token.ts';
import { moduleFailure, tokenFailure } from '../testing/failures.ts';
import { codeSigning, northlight, wifi } from '../testing/organizations.ts';
import {
  card,
  chip,
  chipDriver,
  compatibility,
  driver,
  emptySlot,
  fullCard,
  pinQuestion,
  pivCard,
  tokenKey,
  tokensView,
} from '../testing/tokens.ts';
import { never, scene, type Act, type Scene } from './scene.ts';

const looking = (tokens: TokensView, acts: readonly Act[] = []): Scene =>
  scene({ start: { at: 'tokens' }, tokens, acts });
const asking = (question: PinQuestion): Scene =>
  scene({ tokens: tokensView([driver([card])], { pinQuestion: question }) });

const anywhere: CredentialOffer = {
  ...wifi,
  key: { ...wifi.key, places: ['token', 'tpm', 'software'] },
};

function choosing(
  offer: CredentialOffer,
  tokens: TokensView,
  reports: readonly TokenCompatibility[],
): Scene {
  return scene({
    start: { at: 'choose', organizationId: northlight.id },
    wallet: {
      organizations: [{ ...northlight, offers: [offer], invitedEmail: 'alex@northlight.example' }],
    },
    tokens,
    replies: { token: { compatibility: () => Promise.resolve({ ok: true, value: reports }) } },
    acts: [{ scroll: 'end' }],
  });
}

const seen = tokensView([driver([card]), chipDriver]);

/** Keys that cannot be copied: what is plugged in, what it is good for, and its PIN. */
export const withTokens: Readonly<Record<string, Scene>> = {
  tokens: looking(seen),
  'tokens-trouble': looking(
    tokensView([
      driver([
        {
          ...card,
          ...{ pin: 'locked', puk: 'count-low', login: 'pin-pad', isWritable: false },
          findings: [
            { found: 'pin-locked', status: 'fail' },
            { found: 'read-only', status: 'note' },
          ],
        },
        pivCard,
        emptySlot,
      ]),
    ]),
    [{ open: 'details' }],
  ),
  'tokens-many': looking(tokensView([driver([fullCard(200)])]), [{ scroll: 'end' }]),
  'tokens-drivers': looking(
    tokensView([
      driver([null]),
      driver([], {
        moduleId: 'm-acme',
        name: 'libacmep11.so',
        path: '/opt/acme/lib/libacmep11.so',
        foundBy: 'person',
        status: 'failed',
        failure: moduleFailure('other-architecture', { detail: 'ARM (aarch64)' }),
      }),
      driver([], {
        moduleId: 'm-broken',
        name: 'Broken middleware',
        foundBy: 'well-known',
        failure: moduleFailure('crashed'),
      }),
    ]),
  ),
  'tokens-change-pin': looking(
    tokensView([
      driver([
        {
          ...card,
          ...{ puk: 'count-low', pin: 'locked' },
          findings: [{ found: 'pin-locked', status: 'fail' }],
        },
      ]),
    ]),
    [{ press: 'tokens.unblock' }, { press: 'changePin.save' }],
  ),
  'choose-key': choosing(anywhere, seen, [
    compatibility({}, [{ check: 'pin', found: 'count-low', status: 'note' }]),
    compatibility({ tokenId: chip.tokenId }),
  ]),
  'choose-key-existing': choosing(
    { ...codeSigning, key: { ...codeSigning.key, types: ['P-384', 'RSA-3072'] } },
    tokensView([driver([card])]),
    [
      compatibility(
        {
          verdict: 'fits-with-existing-key',
          types: [],
          existingKeys: [
            tokenKey({ label: 'SIGN key', algorithm: 'P-384', type: 'P-384' }),
            tokenKey({ keyId: '02', label: '', algorithm: 'RSA-3072', type: 'RSA-3072' }),
          ],
        },
        [
          {
            check: 'algorithm',
            found: 'only-existing-keys',
            wanted: ['P-384', 'RSA-3072'],
            offered: ['RSA-2048'],
            status: 'note',
          },
          { check: 'writable', found: 'certificates-elsewhere', status: 'note' },
        ],
      ),
    ],
  ),
  'choose-key-unfit': choosing(codeSigning, tokensView([driver([card])]), [
    compatibility({ verdict: 'does-not-fit', types: [] }, [
      {
        check: 'algorithm',
        found: 'no-common-type',
        wanted: ['P-384'],
        offered: ['RSA-2048'],
        status: 'fail',
      },
      { check: 'room', found: 'full', status: 'fail' },
      { check: 'pin', found: 'locked', status: 'fail' },
      { check: 'hardware', found: 'not-said', status: 'note' },
    ]),
  ]),
  'choose-key-await': choosing(codeSigning, tokensView([driver([null, emptySlot])]), [
    compatibility({ types: ['P-384'] }),
  ]),
  'pin-wrong': asking(pinQuestion({ pin: 'count-low', failure: tokenFailure('pin-incorrect') })),
  'pin-last-try': asking(pinQuestion({ pin: 'final-try', reason: 'sign-request' })),
  'pin-pad': asking(pinQuestion({ login: 'pin-pad', isWaiting: true, reason: 'use-account' })),
  'pin-locked': asking(pinQuestion({ pin: 'locked', reason: 'prove' })),
  'home-account-key': scene({
    tokens: seen,
    replies: { organization: { moveAccountKey: never } },
    acts: [{ press: 'home.accountKey.move' }],
  }),
  'home-account-key-on-token': scene({
    wallet: {
      organizations: [
        { ...northlight, accountKey: { place: 'token', type: 'P-256', token: card } },
      ],
    },
    tokens: tokensView([
      driver([card, { ...card, tokenId: 't-file', serial: '77', isHardware: false }, pivCard]),
    ]),
    acts: [{ press: 'home.accountKey.move' }],
  }),
};
