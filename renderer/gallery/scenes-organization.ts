import type { RegisteredCredentials, Organization } from '../../shared/models/organization.ts';
import { registeredKey } from '../testing/enrollments.ts';
import { problem } from '../testing/failures.ts';
import { longNamed, northlight } from '../testing/organizations.ts';
import { card, chipDriver, driver, pivCard, tokensView } from '../testing/tokens.ts';
import type { Replies } from '../testing/fake-wallet.ts';
import { never, refusal, scene, type Act, type Scene } from './scene.ts';

const matchingCode = 'oKIywvGU';

interface Stage {
  readonly registered?: Partial<RegisteredCredentials>;
  readonly organization?: Organization;
  readonly replies?: Replies['organization'];
  readonly acts?: readonly Act[];
  readonly without?: 'matchingCode';
}

function joined(stage: Stage = {}): Scene {
  const { registered, organization = northlight, replies, acts = [], without } = stage;
  const value: RegisteredCredentials = {
    ...{ passkeys: [], keys: [], canRegister: true },
    ...(without === 'matchingCode' ? {} : { matchingCode }),
    ...registered,
  };
  return scene({
    start: { at: 'organization', organizationId: organization.id },
    wallet: { organizations: [organization] },
    tokens: tokensView([driver([card, pivCard]), chipDriver]),
    replies: {
      organization: { credentials: () => Promise.resolve({ ok: true, value }), ...replies },
    },
    acts,
  });
}

const passkeys = [
  { id: 'p-1', name: 'Security key', createdAt: '2026-09-01T08:30:00Z' },
  { id: 'p-2', createdAt: '2026-11-02T08:30:00Z' },
];
const wantsMore = refusal(
  problem('unauthorized', 'Prove who you are in another way first, within the last ten minutes.'),
);

/** An organisation that was joined, and what it knows this person by. */
export const joinedOrganizations: Readonly<Record<string, Scene>> = {
  joined: joined({ registered: { passkeys, keys: [registeredKey] } }),
  'joined-none': joined(),
  'joined-asking': joined({ replies: { credentials: never } }),
  'joined-unreachable': joined({
    replies: {
      credentials: refusal({
        code: 'network',
        reason: 'timeout',
        host: 'ca.northlight.example',
      }),
    },
  }),
  'joined-closed': joined({ registered: { passkeys: passkeys.slice(0, 1), canRegister: false } }),
  'joined-never': joined({ without: 'matchingCode', registered: { canRegister: false } }),
  'joined-end': joined({ acts: [{ open: 'details' }, { scroll: 'end' }] }),
  'joined-names': joined({
    organization: longNamed,
    registered: {
      passkeys: [
        { id: 'p-3', name: 'מפתח האבטחה של שרה', createdAt: '2026-09-01T08:30:00Z' },
        {
          id: 'p-4',
          name: 'Sicherheitsschlüssel aus dem Hauptverwaltungsgebäude, zweite Schublade',
          createdAt: '2026-09-02T08:30:00Z',
        },
      ],
    },
  }),
  'joined-own-codes': joined({
    organization: { ...northlight, ownAuthenticator: 'kept' },
  }),
  'joined-own-codes-unused': joined({
    organization: { ...northlight, ownAuthenticator: 'unused' },
  }),
  'joined-own-codes-set': joined({
    organization: { ...northlight, ownAuthenticator: 'possible' },
    acts: [{ press: 'ownCodes.set' }, { press: 'ownCodes.save' }],
  }),
  'joined-own-codes-refused': joined({
    organization: { ...northlight, ownAuthenticator: 'possible' },
    replies: { keepAuthenticator: refusal({ code: 'authenticator', reason: 'unreadable' }) },
    acts: [
      { press: 'ownCodes.set' },
      { fill: 'ownCodes.secret', text: 'not a secret' },
      { press: 'ownCodes.save' },
    ],
  }),
  'joined-passkey': joined({ acts: [{ press: 'ways.passkey.add' }] }),
  'joined-passkey-busy': joined({
    replies: { registerPasskey: never },
    acts: [{ press: 'ways.passkey.add' }, { press: 'ways.register' }],
  }),
  'joined-passkey-browser': joined({
    replies: { registerPasskey: never },
    acts: [
      { press: 'ways.passkey.add' },
      { choose: 'prove.passkey.browser' },
      { press: 'ways.register' },
    ],
  }),
  'joined-passkey-first': joined({
    replies: { registerPasskey: wantsMore },
    acts: [{ press: 'ways.passkey.add' }, { press: 'ways.register' }],
  }),
  'joined-passkey-known': joined({
    replies: {
      registerPasskey: refusal({
        code: 'passkey',
        reason: 'already-registered',
        detail: 'InvalidStateError',
      }),
    },
    acts: [{ press: 'ways.passkey.add' }, { press: 'ways.register' }],
  }),
  'joined-key': joined({ acts: [{ press: 'ways.key.add' }] }),
  'joined-forget': joined({
    registered: { keys: [registeredKey] },
    acts: [{ press: 'ways.forget' }],
  }),
};
