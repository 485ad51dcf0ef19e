import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AcmeReply, Json } from '../testing/acme-client.ts';
import {
  createApprovalWorld,
  digestOf,
  newApproval,
  readRequest,
  requestApproval,
} from '../testing/approval-world.ts';
import type { ApprovalWorld, Approver } from '../testing/approval-world.ts';
import { connectBuild, grantStanding, propose } from '../testing/standing-world.ts';

let world: ApprovalWorld;

beforeAll(async () => {
  world = await createApprovalWorld();
});

afterAll(() => world.stop());

type Listed = { readonly url: string; readonly status: string } & Json;

const listUrl = ({ client }: Approver): string => String(client.directory.meta['approvals']);
const list = ({ client }: Pick<Approver, 'client'>, url: string): Promise<AcmeReply> =>
  client.get(url);
const nextOf = ({ headers }: AcmeReply): string | undefined =>
  /<([^>]+)>;rel="next"/.exec([headers['link'] ?? []].flat().join())?.[1];

describe('the list', () => {
  it('has what concerns an account, newest first, and what it may do', async () => {
    const { alex, kim, audrey } = world;
    const first = await requestApproval(alex.client);
    world.ca.clock.advance(10);
    const second = await requestApproval(alex.client);
    const { location } = await newApproval(kim.client, second.url);
    const { body } = await list(kim, listUrl(kim));
    expect(body['organizations']).toEqual([
      {
        ...{ name: 'Example Corp', roles: ['approver'], domains: ['corp.example'] },
        requesters: [{ name: 'Alex Example', email: 'alex@corp.example' }],
        profiles: [
          expect.objectContaining({ name: 'ev-code-signing', standing: false }),
          expect.objectContaining({ name: 'ev-document-signing', standing: false }),
          expect.objectContaining({
            ...{ name: 'one-time-code-signing', standing: true, lifetime: 900 },
            usages: ['1.3.6.1.5.5.7.3.3'],
          }),
        ],
      },
    ]);
    const changed = world.ca.clock().toISOString().replace('.000Z', 'Z');
    const [newest, older] = body['approvals'] as Listed[];
    expect(newest).toEqual({
      ...{ url: second.url, status: 'pending', mayDecide: true, authorization: location, changed },
    });
    expect(older).toMatchObject({ url: first.url, mayDecide: true });
    expect(older).not.toHaveProperty('authorization');
    const asAuditor = (await list(audrey, listUrl(audrey))).body;
    expect(asAuditor['organizations']).toEqual([
      {
        ...{ name: 'Example Corp', roles: ['auditor'], domains: ['corp.example'] },
        log: `${world.ca.origin}/acme/approval-log/${world.organization.id}`,
      },
    ]);
    expect((asAuditor['approvals'] as Listed[])[0]).toMatchObject({ mayDecide: false });
    const own = (await list(alex, listUrl(alex))).body;
    expect(own['organizations']).toEqual([
      { name: 'Example Corp', roles: ['requester'], domains: ['corp.example'] },
    ]);
    expect((own['approvals'] as Listed[])[0]).toMatchObject({ url: second.url, mayDecide: false });
  });

  it('tells two changes within one second apart', async () => {
    const { alex, kim } = world;
    const { url } = await requestApproval(alex.client);
    const told: unknown[] = [];
    for (const message of ['Which branch?', 'And why?']) {
      const { body } = await list(kim, listUrl(kim));
      told.push((body['approvals'] as Listed[])[0]?.['changed']);
      await kim.client.post(url, { message });
    }
    const { body } = await list(kim, listUrl(kim));
    told.push((body['approvals'] as Listed[])[0]?.['changed']);
    expect(new Set(told).size).toBe(3);
  });

  it('comes in pages, the organisations on the first alone', async () => {
    const { alex } = world;
    for (let count = 0; count < 51; count += 1) {
      const { url } = await requestApproval(alex.client);
      await alex.client.post(url, { withdraw: {} });
    }
    const first = await list(alex, listUrl(alex));
    expect(first.body['approvals']).toHaveLength(50);
    const second = await list(alex, nextOf(first) ?? '');
    expect(second.body).not.toHaveProperty('organizations');
    expect(nextOf(second)).toBeUndefined();
    const urls = [first, second].flatMap(({ body }) =>
      (body['approvals'] as Listed[]).map(({ url }) => url),
    );
    expect(new Set(urls).size).toBe(world.ca.approvals.list().length);
    expect((await list(alex, `${listUrl(alex)}?cursor=x`)).problem).toBe('malformed');
  });
});

describe('messages and reminders', () => {
  it('go between approvers and the requester, and change the request', async () => {
    const { ca, alex, kim, audrey } = world;
    const { url } = await requestApproval(alex.client);
    ca.clock.advance(60);
    await kim.client.post(url, { message: 'Which branch is that?' });
    const { body } = await alex.client.post(url, { message: 'release/4.2' });
    expect(body['messages']).toMatchObject([
      { from: { email: 'kim@corp.example' }, text: 'Which branch is that?' },
      { from: { email: 'alex@corp.example' }, text: 'release/4.2' },
    ]);
    const [newest] = (await list(alex, listUrl(alex))).body['approvals'] as Listed[];
    // The answer came within the second of the question.
    const after = new Date(ca.clock().getTime() + 1000);
    expect(newest?.['changed']).toBe(after.toISOString().replace('.000Z', 'Z'));
    expect((await audrey.client.post(url, { message: 'hello' })).problem).toBe('unauthorized');
  });

  it.each<[string, unknown]>([
    ['none', ''],
    ['too long', 'a'.repeat(401)],
    ['of two lines', 'a\r\nb'],
    ['no text', { text: 'a' }],
  ])('a message is not %s', async (_what, message) => {
    const [found] = world.ca.approvals.list();
    const reply = await world.alex.client.post(found?.document.url ?? '', { message });
    expect(reply.problem).toBe('malformed');
  });

  it('are 20 and then enough', async () => {
    const { alex } = world;
    const { url } = await requestApproval(alex.client);
    for (let count = 0; count < 20; count += 1) await alex.client.post(url, { message: 'please' });
    const reply = await alex.client.post(url, { message: 'please' });
    expect([reply.status, reply.problem]).toEqual([429, 'rateLimited']);
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(3600);
    await alex.client.post(url, { withdraw: {} });
  });

  it('a reminder is the requester’s, an hour after the last mail', async () => {
    const { ca, alex, kim } = world;
    const { url } = await requestApproval(alex.client);
    const early = await alex.client.post(url, { remind: true });
    expect([early.problem, early.headers['retry-after']]).toEqual(['rateLimited', '3600']);
    ca.clock.advance(3600);
    expect((await kim.client.post(url, { remind: true })).problem).toBe('unauthorized');
    expect((await alex.client.post(url, { remind: 'now' })).problem).toBe('malformed');
    const reminded = await alex.client.post(url, { remind: true });
    const again = new Date(ca.clock().getTime() + 3_600_000).toISOString().replace('.000Z', 'Z');
    expect([reminded.status, reminded.body['remindAfter']]).toEqual([200, again]);
    expect((await alex.client.post(url, { remind: true })).problem).toBe('rateLimited');
    expect(await readRequest(kim, url)).not.toHaveProperty('remindAfter');
  });

  it('and nothing is done by two members, or by one that is not known', async () => {
    const { alex } = world;
    const { url } = await requestApproval(alex.client);
    for (const payload of [
      {},
      { remind: true, message: 'a' },
      { approve: true },
      { toString: 1 },
    ]) {
      expect((await alex.client.post(url, payload)).problem).toBe('malformed');
    }
    const decline = { digest: 'A'.repeat(43), reason: 'x' };
    expect((await world.kim.client.post(url, { decline })).problem).toBe('malformed');
    const { digest } = world.ca.approvals.find(url) ?? {};
    expect((await world.kim.client.post(url, { decline: { digest } })).problem).toBe('malformed');
  });
});

describe('limits', () => {
  it('are on open requests of one person, whatever accounts they have', async () => {
    const fresh = await createApprovalWorld();
    const { alex, kim } = fresh;
    const device = await fresh.join(alex.person);
    for (let count = 0; count < 20; count += 1) {
      await requestApproval([alex, device][count % 2]?.client ?? alex.client);
    }
    await expect(requestApproval(device.client)).rejects.toThrow(/rateLimited/);
    const build = await connectBuild(fresh);
    for (let count = 0; count < 20; count += 1) await propose(fresh, kim);
    const reply = await propose(fresh, kim);
    expect([reply.problem, Number(reply.headers['retry-after']) > 0]).toEqual([
      'rateLimited',
      true,
    ]);
    build.close();
    await fresh.stop();
  });

  it(
    'are on how many somebody makes in an hour, withdrawn or not: each is mailed',
    { tags: ['deep'] },
    async () => {
      const fresh = await createApprovalWorld();
      const { ca, kim } = fresh;
      const build = await connectBuild(fresh);
      for (let count = 0; count < 200; count += 1) {
        const { body } = await propose(fresh, kim);
        await kim.client.post(String(body['approval']), { withdraw: { reason: 'no' } });
      }
      expect((await propose(fresh, kim)).problem).toBe('rateLimited');
      ca.clock.advance(3601);
      expect((await propose(fresh, kim)).status).toBe(201);
      build.close();
      await fresh.stop();
    },
  );

  it('are on how often one person begins to approve', async () => {
    const { ca, alex, kim } = world;
    const { url } = await requestApproval(alex.client);
    for (let count = 0; count < 10; count += 1) {
      const { location } = await newApproval(kim.client, url);
      await kim.client.post(location ?? '', { status: 'deactivated' });
    }
    const reply = await newApproval(kim.client, url);
    expect([reply.problem, reply.headers['retry-after']]).toEqual(['rateLimited', '3600']);
    ca.clock.advance(3601);
    expect((await newApproval(kim.client, url)).status).toBe(201);
  });

  it('on newAuthz, what is no request is no request', async () => {
    const { client } = world.kim;
    const { newAuthz } = client.directory;
    const identifier = { type: 'dns', value: 'other.example' };
    const { url } = await requestApproval(world.alex.client);
    expect((await client.post(newAuthz, { identifier, approval: url })).problem).toBe('malformed');
    expect((await client.post(newAuthz, { identifier, approval: 7 })).problem).toBe('malformed');
    expect((await client.post(newAuthz, { approval: url, standing: {} })).problem).toBe(
      'malformed',
    );
  });
});

describe('the log', () => {
  it('is read by auditors in pages, chained, with other organisations as digests', async () => {
    const { ca, audrey, kim, organization } = world;
    const build = await connectBuild(world);
    await grantStanding(world);
    const other = ca.organizations.create({ name: 'Other Corp' });
    for (let count = 0; count < 100; count += 1) {
      ca.organizations.addMember(other.id, `person:${kim.person.id}`, 'approver');
      ca.organizations.removeMember(other.id, `person:${kim.person.id}`, 'approver');
    }
    const url = `${ca.origin}/acme/approval-log/${organization.id}`;
    const entries: Json[] = [];
    let page: string | undefined = url;
    while (page !== undefined) {
      const reply = await audrey.client.get(page);
      entries.push(...(reply.body['entries'] as Json[]));
      page = nextOf(reply);
    }
    expect(entries.length).toBeGreaterThan(200);
    let previous = '';
    entries.forEach((entry, index) => {
      expect(entry['sequence']).toBe(index + 1);
      expect(entry['previous']).toBe(previous);
      const members = Object.keys(entry).toSorted();
      if (!('event' in entry)) expect(members).toEqual(['digest', 'previous', 'sequence']);
      const digest = 'event' in entry ? digestOf(entry as never) : String(entry['digest']);
      previous = digestOf({ sequence: index + 1, previous, digest });
    });
    const events = new Set(entries.map(({ event }) => event));
    for (const event of ['requested', 'proposed', 'decided', 'granted', 'withdrawn', 'message']) {
      expect(events).toContain(event);
    }
    expect((await kim.client.get(url)).status).toBe(404);
    build.close();
  });
});
