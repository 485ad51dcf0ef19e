import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { errorOf } from '../../testing/applicant.ts';
import { ScriptedAcme, type Script } from '../../testing/scripted-acme.ts';
import type { AcmeClient } from '../client.ts';

let acme: ScriptedAcme;
beforeAll(async () => {
  acme = await ScriptedAcme.create();
});
afterEach(() => acme.close());

/** Takes everything, so that only the client can refuse. */
const willing: Script = ({ path, payload }) => {
  const created = (place: string, body: object) => ({
    status: 201,
    headers: { Location: `%${place}` },
    body,
  });
  switch (path) {
    case '/new-account':
    case '/account/1':
      return created('/account/1', { status: 'valid' });
    case '/new-authz':
      return created('/authorization/1', { status: 'pending', challenges: [], ...payload });
    case '/new-order': {
      const rest = { status: 'pending', authorizations: [], finalize: '%/finalize/1' };
      return created('/order/1', { ...rest, ...payload });
    }
    default:
      return undefined;
  }
};

const sentTo = (...paths: readonly string[]) =>
  acme.requests.filter(({ path }) => paths.includes(path)).map(({ payload }) => payload);

describe('a contact', () => {
  const attempts: readonly ((
    client: AcmeClient,
    contact: readonly string[],
  ) => Promise<unknown>)[] = [
    (client, contact) => client.account.newAccount({ contact }),
    (client, contact) => client.account.update({ contact }),
  ];

  const send = async (...contact: readonly string[]) => {
    const client = await acme.connect(willing);
    const errors: unknown[] = [];
    for (const attempt of attempts) errors.push(await errorOf(attempt(client, contact)));
    return errors;
  };

  test('of one mailbox is sent as it is', async () => {
    const contact = [
      'mailto:alex@example.test',
      'mailto:a%2Bb@example.test',
      'tel:+1-201-555-0123',
    ];
    await send(...contact);
    expect(sentTo('/new-account', '/account/1')).toEqual([{ contact }, { contact }]);
  });

  test('with header fields is not sent', async () => {
    const errors = await send('mailto:alex@example.test?subject=x');
    for (const error of errors) expect(error).toMatchObject({ code: 'acme-request' });
    expect(sentTo('/new-account', '/account/1')).toEqual([]);
  });

  test('of several mailboxes is not sent', async () => {
    const several = [
      'mailto:a@example.test,b@example.test',
      'MAILTO:a@example.test%2Cb@example.test',
    ];
    for (const each of several) {
      for (const error of await send(each)) expect(error).toMatchObject({ code: 'acme-request' });
    }
    expect(sentTo('/new-account', '/account/1')).toEqual([]);
  });
});

describe('a host’s name', () => {
  test('is sent as it appears in certificates', async () => {
    const client = await acme.connect(willing);
    const identifier = { type: 'dns', value: 'xn--bcher-kva.example' };
    await client.orders.newOrder({ identifiers: [identifier] });
    await client.authorizations.newAuthz(identifier);
    expect(sentTo('/new-order', '/new-authz')).toEqual([
      { identifiers: [identifier] },
      { identifier },
    ]);
  });

  test('beyond ASCII is never sent', async () => {
    const client = await acme.connect(willing);
    const identifier = { type: 'dns', value: 'bücher.example' };
    await errorOf(client.orders.newOrder({ identifiers: [identifier] }));
    await errorOf(client.authorizations.newAuthz(identifier));
    expect(JSON.stringify(sentTo('/new-order', '/new-authz'))).toMatch(/^[ -~]*$/);
  });
});
