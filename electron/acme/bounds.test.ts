import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { errorOf } from '../testing/applicant.ts';
import { ScriptedAcme, type Script } from '../testing/scripted-acme.ts';

let acme: ScriptedAcme;
beforeAll(async () => {
  acme = await ScriptedAcme.create();
});
afterEach(() => acme.close());

const asked = (part: string): number =>
  acme.requests.filter(({ path }) => path.startsWith(part)).length;

describe('a list of orders', () => {
  const account = { status: 'valid', orders: '%/orders/1' };

  /** Pages of so many orders each, up to that page. */
  const listing =
    (perPage: number, last: number): Script =>
    ({ path }) => {
      if (path === '/account/1') return { body: account };
      const page = Number(/^\/orders\/(\d+)$/.exec(path)?.[1] ?? NaN);
      if (Number.isNaN(page)) return undefined;
      const orders = Array.from({ length: perPage }, (_each, index) => `%/order/${page}-${index}`);
      const next = { Link: `<%/orders/${page + 1}>;rel="next"` };
      return { body: { orders }, headers: page < last ? next : {} };
    };

  test('of twenty pages with fifty orders each is read', async () => {
    const client = await acme.connect(listing(50, 20));
    expect(await client.account.orders()).toHaveLength(1_000);
  });

  test.each([
    ['without end', 1, Infinity, 20],
    ['of a page more', 50, 21, 20],
    ['of too many orders on few pages', 600, 2, 2],
    ['of too many orders on one page', 1_001, 1, 1],
  ])('%s is of no use, and not read to the end', async (_title, perPage, last, read) => {
    const client = await acme.connect(listing(perPage, last));
    expect(await errorOf(client.account.orders())).toMatchObject({
      code: 'acme-protocol',
      reason: 'orders-malformed',
    });
    expect(asked('/orders/')).toBe(read);
  });

  test('that leads back to a page which was read ends there', async () => {
    const client = await acme.connect(({ path }) => {
      if (path === '/account/1') return { body: account };
      const headers = { Link: '<%/orders/1>;rel="next"' };
      return path === '/orders/1' ? { body: { orders: ['%/order/1'] }, headers } : undefined;
    });
    expect(await client.account.orders()).toHaveLength(1);
  });
});

describe('an order', () => {
  const place = async (authorizations: number) => {
    const identifiers = [{ type: 'dns', value: 'a.example' }];
    const urls = Array.from(
      { length: authorizations },
      (_each, index) => `%/authorization/${index}`,
    );
    const body = { status: 'pending', identifiers, authorizations: urls, finalize: '%/finalize' };
    const client = await acme.connect(({ path }) =>
      path === '/new-order' ? { status: 201, headers: { Location: '%/order/1' }, body } : undefined,
    );
    return client.orders.newOrder({ identifiers });
  };

  test('has at most a hundred authorizations', async () => {
    expect((await place(100)).authorizations).toHaveLength(100);
    await acme.close();
    expect(await errorOf(place(101))).toMatchObject({ reason: 'order-malformed' });
    expect(asked('/authorization/')).toBe(0);
  });
});
