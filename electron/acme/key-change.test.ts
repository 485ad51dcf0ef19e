import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { errorOf } from '../testing/applicant.ts';
import { ImpatientClock, newSigner } from '../testing/local-ca.ts';
import { acmeError, ScriptedAcme, type Script } from '../testing/scripted-acme.ts';
import type { AcmeClient } from './client.ts';
import { KeyInUse } from './key-change.ts';
import { AcmeOutcomeUnknown } from './protocol-error.ts';

let acme: ScriptedAcme;
beforeAll(async () => {
  acme = await ScriptedAcme.create();
});
afterEach(() => acme.close());

const account = { status: 'valid' };
const challengePath = '/challenge/1';
const challenge = (status: string, more = {}) => ({
  body: { type: 'dns-01', url: `%${challengePath}`, status, token: 'x'.repeat(43), ...more },
});

const keyOf = (client: AcmeClient): string => client.thumbprint;

const posts = (path: string) => acme.requests.filter((request) => request.path === path);

describe('a key change', () => {
  test('holds back what would be signed while it lasts, and signs it with the new key', async () => {
    const client = await acme.connect(({ path }) => {
      if (path === '/key-change') return { body: account };
      return path === '/account/1' ? { body: account } : undefined;
    });
    const before = keyOf(client);
    const fetching = client.account.fetch();
    const changing = client.account.keyChange(newSigner());
    const later = client.account.fetch();
    await Promise.all([fetching, changing, later]);
    expect(keyOf(client)).not.toBe(before);
    expect(acme.requests.map(({ path }) => path).filter((path) => path !== '/nonce')).toEqual([
      '/directory',
      '/account/1',
      '/key-change',
      '/account/1',
    ]);
  });

  test('names the account that has the key already, and leaves the old key in force', async () => {
    const client = await acme.connect(({ path }) =>
      path === '/key-change'
        ? { status: 409, headers: { Location: '%/account/2' }, body: acmeError('malformed') }
        : undefined,
    );
    const before = keyOf(client);
    expect(await errorOf(client.account.keyChange(newSigner()))).toMatchObject({
      code: 'acme-key-in-use',
      account: expect.stringMatching(/\/account\/2$/) as string,
    });
    expect(keyOf(client)).toBe(before);
  });

  const conflict = {
    status: 409,
    headers: { Location: '%/account/1' },
    body: acmeError('malformed'),
  };
  const sameAccount = { headers: { Location: '%/account/1' }, body: account };
  const noAccount = { status: 400, body: acmeError('accountDoesNotExist') };

  test('is done when the account that has the new key is this one', async () => {
    const client = await acme.connect(({ path }) => {
      if (path === '/new-account') return sameAccount;
      return path === '/key-change' ? conflict : undefined;
    });
    const before = keyOf(client);
    await client.account.keyChange(newSigner());
    expect(keyOf(client)).not.toBe(before);
  });

  test('is not done because the server says so, when the new key finds no account', async () => {
    const client = await acme.connect(({ path }) => {
      if (path === '/new-account') return noAccount;
      return path === '/key-change' ? conflict : undefined;
    });
    const before = keyOf(client);
    expect(await errorOf(client.account.keyChange(newSigner()))).toBeInstanceOf(KeyInUse);
    expect(keyOf(client)).toBe(before);
  });

  test.each([500, 502, 503, 504])(
    'that ends in a %i is looked for, as it may have been made behind a proxy',
    async (status) => {
      const client = await acme.connect(({ path }) => {
        if (path === '/new-account') return sameAccount;
        return path === '/key-change' ? { status } : undefined;
      });
      const before = keyOf(client);
      await client.account.keyChange(newSigner());
      expect(keyOf(client)).not.toBe(before);
      expect(posts('/key-change')).toHaveLength(1);
    },
  );

  const lossy =
    (found: Script): Script =>
    (request) => {
      if (request.path !== '/key-change') return found(request);
      return posts('/key-change').length === 1 ? { reset: true } : { body: account };
    };

  test('whose answer was lost is looked for under the new key', async () => {
    const client = await acme.connect(
      lossy(({ path }) =>
        path === '/new-account'
          ? { headers: { Location: '%/account/1' }, body: account }
          : undefined,
      ),
    );
    const before = keyOf(client);
    await client.account.keyChange(newSigner());
    expect(keyOf(client)).not.toBe(before);
    expect(posts('/key-change')).toHaveLength(1);
    expect(posts('/new-account')[0]?.payload).toEqual({ onlyReturnExisting: true });
  });

  test('that never reached the server is asked for once more', async () => {
    const client = await acme.connect(
      lossy(({ path }) =>
        path === '/new-account'
          ? { status: 400, body: acmeError('accountDoesNotExist') }
          : undefined,
      ),
    );
    const before = keyOf(client);
    await client.account.keyChange(newSigner());
    expect(keyOf(client)).not.toBe(before);
    expect(posts('/key-change')).toHaveLength(2);
  });

  test('that is lost again and again keeps the old key and says that it does not know', async () => {
    const client = await acme.connect(({ path }) => {
      if (path === '/key-change') return { reset: true };
      return path === '/new-account'
        ? { status: 400, body: acmeError('accountDoesNotExist') }
        : undefined;
    });
    const before = keyOf(client);
    expect(await errorOf(client.account.keyChange(newSigner()))).toBeInstanceOf(AcmeOutcomeUnknown);
    expect(keyOf(client)).toBe(before);
  });
});

describe('a response that is on its way', () => {
  const connect = (script: Script) => acme.connect(script, {}, { clock: new ImpatientClock() });

  test('is judged before the key is changed', async () => {
    const client = await connect(({ path, payload }) => {
      if (path === '/key-change') return { body: account };
      if (path !== challengePath) return undefined;
      const polls = posts(challengePath).length;
      return payload === undefined && polls > 3 ? challenge('valid') : challenge('processing');
    });
    const url = client.accountUrl?.replace('/account/1', challengePath) ?? '';
    await client.challenges.respond(url, {});
    await client.account.keyChange(newSigner());
    const paths = acme.requests.map(({ path }) => path);
    expect(paths.lastIndexOf(challengePath)).toBeLessThan(paths.indexOf('/key-change'));
  });

  test('that nobody judges blocks the change, and is named', async () => {
    const client = await connect(({ path }) =>
      path === challengePath ? challenge('pending') : undefined,
    );
    const url = client.accountUrl?.replace('/account/1', challengePath) ?? '';
    await client.challenges.respond(url, {});
    expect(await errorOf(client.account.keyChange(newSigner()))).toMatchObject({
      code: 'acme-key-change-blocked',
      challenges: [url],
    });
    expect(posts('/key-change')).toHaveLength(0);
  });

  test('that was refused, or judged where somebody else saw it, blocks nothing', async () => {
    const client = await connect(({ path, payload }) => {
      if (path === '/key-change') return { body: account };
      if (path === '/challenge/2') return { status: 403, body: acmeError('unauthorized') };
      if (path === challengePath && payload !== undefined) return challenge('pending');
      const identifier = { type: 'dns', value: 'a.example' };
      return path === '/authorization/1'
        ? { body: { status: 'valid', identifier, challenges: [challenge('valid').body] } }
        : undefined;
    });
    const origin = new URL(client.accountUrl ?? '').origin;
    await errorOf(client.challenges.respond(`${origin}/challenge/2`, {}));
    await client.challenges.respond(`${origin}${challengePath}`, {});
    await client.authorizations.fetch(`${origin}/authorization/1`);
    await client.account.keyChange(newSigner());
    expect(posts(challengePath)).toHaveLength(1);
  });
});
