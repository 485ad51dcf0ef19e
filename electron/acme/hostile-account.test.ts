import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { errorOf } from '../testing/applicant.ts';
import { ScriptedAcme, type Script } from '../testing/scripted-acme.ts';

let acme: ScriptedAcme;
beforeAll(async () => {
  acme = await ScriptedAcme.create();
});
afterEach(() => acme.close());

describe('an account at another CA is not ours, although the directory names that origin:', () => {
  const stranger = 'https://other-ca.example/acct/666';
  const directory = { renewalInfo: 'https://other-ca.example/renewal' };
  const refusal = { code: 'acme-protocol', reason: 'foreign-url', url: stranger };
  const script: Script = ({ path }) =>
    path === '/new-account'
      ? { status: 201, headers: { Location: stranger }, body: { status: 'valid' } }
      : undefined;

  test('as the Location of a new account', async () => {
    const client = await acme.connect(script, directory);
    const before = client.accountUrl;
    expect(await errorOf(client.account.newAccount({}))).toMatchObject(refusal);
    expect(client.accountUrl).toBe(before);
  });

  test('as one that was remembered', async () => {
    const attempt = acme.connect(script, directory, { accountUrl: stranger });
    expect(await errorOf(attempt)).toMatchObject(refusal);
  });
});
