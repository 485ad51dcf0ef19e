import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  approveByPasskey,
  createApprovalWorld,
  finalizeWith,
  proveOneself,
  readRequest,
  requestApproval,
} from '../testing/approval-world.ts';
import type { ApprovalWorld } from '../testing/approval-world.ts';
import { startDnsServer } from '../testing/dns-server.ts';
import type { DnsServer } from '../testing/dns-server.ts';
import {
  connectBuild,
  finalizeOneTime,
  grantStanding,
  orderOneTime,
} from '../testing/standing-world.ts';

let dnsServer: DnsServer;
let world: ApprovalWorld;

beforeEach(async () => {
  dnsServer = await startDnsServer();
  world = await createApprovalWorld({
    ...{ dnsServer: dnsServer.address, caaIdentities: ['ca.example'] },
  });
});

afterEach(async () => {
  await world.stop();
  await dnsServer.close();
});

it('what was approved is not issued against the will of the domain', async () => {
  const { alex, kim, robin } = world;
  const requested = await requestApproval(alex.client);
  await proveOneself(alex, requested.order);
  await approveByPasskey(kim, requested.url);
  await approveByPasskey(robin, requested.url);
  dnsServer.caa.set('corp.example', [{ tag: 'issue', value: 'other.example', critical: false }]);
  const { body } = await finalizeWith(alex.client, requested);
  expect(body).toMatchObject({ status: 'invalid', error: { subproblems: [{}] } });
  expect(body['error']).toMatchObject({ type: 'urn:ietf:params:acme:error:caa' });
  expect(await readRequest(kim, requested.url)).toMatchObject({ certificates: [] });
});

it('the DNS is asked while several finalize, and no more is issued than was granted', async () => {
  const build = await connectBuild(world);
  const url = await grantStanding(world);
  const orders = await Promise.all(Array.from({ length: 4 }, () => orderOneTime(build)));
  const replies = await Promise.all(orders.map((one) => finalizeOneTime(build, one)));
  expect(replies.map(({ body }) => body['status']).toSorted()).toEqual([
    ...['invalid', 'invalid'],
    ...['valid', 'valid'],
  ]);
  expect(dnsServer.asked).toContain('corp.example 257');
  expect(await readRequest(world.kim, url)).toMatchObject({ status: 'spent', remaining: 0 });
  build.close();
});
