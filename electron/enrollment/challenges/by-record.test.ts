import { afterEach, beforeAll, expect, test } from 'vitest';
import type { AcmeClient } from '../../acme/client.ts';
import { ScriptedAcme } from '../../testing/scripted-acme.ts';
import { proofRooms } from '../../testing/proof-rooms.ts';
import { byRecord } from './by-record.ts';

let acme: ScriptedAcme;
beforeAll(async () => {
  acme = await ScriptedAcme.create();
});
afterEach(() => acme.close());

interface Asked {
  readonly names: readonly string[];
  readonly wildcard?: boolean;
  readonly accountUri?: string;
}

/** What a CA with these `caaIdentities` asks for by a record that stays. */
async function asked({ names, wildcard = false, accountUri }: Asked, identities?: unknown) {
  const client: AcmeClient = await acme.connect(
    ({ path }) =>
      path === '/authorization/1'
        ? {
            body: {
              ...{ status: 'pending', wildcard },
              identifier: { type: 'dns', value: 'corp.example' },
              challenges: [
                {
                  ...{ type: 'dns-persist-01', url: '%/challenge/1', status: 'pending' },
                  ...{ 'issuer-domain-names': names, accounturi: accountUri },
                },
              ],
            },
          }
        : undefined,
    { meta: { caaIdentities: identities } },
  );
  const url = client.accountUrl?.replace('/account/', '/authorization/') ?? '';
  const authorization = await client.authorizations.fetch(url);
  const [challenge] = authorization.challenges;
  if (challenge === undefined) throw new Error('there is no challenge');
  const rooms = { ...proofRooms(), client };
  const shown = byRecord('dns-persist-01').show({ authorization, challenge }, rooms);
  return shown?.kind === 'record' ? { record: shown.record, permission: shown.permits } : {};
}

test.each([
  ['gives as its own', ['CA.example', 'other.example'], false],
  ['does not give as its own', ['other.example'], true],
  ['cannot give as its own, since it gives none', undefined, true],
])('a record may name an issuer that the CA %s, and that is known', async (_title, own, odd) => {
  const { record, permission } = await asked({ names: ['ca.example', 'x.example'] }, own);
  expect(record?.value).toMatch(/^ca\.example; accounturi=https:\/\/localhost:\d+\/account\/1$/);
  expect(permission).toEqual({
    issuer: 'ca.example',
    isUnlisted: odd,
    includesNamesBelow: false,
  });
});

test('a record for all names below is known as one', async () => {
  const { permission } = await asked({ names: ['ca.example'], wildcard: true });
  expect(permission).toMatchObject({ includesNamesBelow: true });
});

test('no record names an account at another CA', async () => {
  const accountUri = 'https://other-ca.example/acct/666';
  expect((await asked({ names: ['other-ca.example'], accountUri })).record).toBeUndefined();
});
