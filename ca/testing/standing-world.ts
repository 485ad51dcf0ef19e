import { AcmeClient } from './acme-client.ts';
import type { AcmeReply, Json, OrderObject } from './acme-client.ts';
import { challengeIn, corp, corpNames, signByPasskey } from './approval-world.ts';
import type { ApprovalWorld, Approver } from './approval-world.ts';
import { makeRequest } from './enrollment.ts';

/** The account of a build service that is a requester of the organisation. */
export async function connectBuild({ ca, organization }: ApprovalWorld): Promise<AcmeClient> {
  const client = await AcmeClient.connect(ca);
  await client.register(ca.people.invite({ for: { service: 'build' } }));
  ca.organizations.addMember(organization.id, 'service:build', 'requester');
  return client;
}

export function inDays({ ca }: ApprovalWorld, days: number): string {
  const time = new Date(ca.clock().getTime() + days * 86_400_000);
  return time.toISOString().replace('.000Z', 'Z');
}

export function propose(
  world: ApprovalWorld,
  by: Approver,
  members: Json = {},
): Promise<AcmeReply> {
  const standing = {
    ...{ requester: { service: 'build' }, profile: 'one-time-code-signing', count: 2 },
    ...{ until: inDays(world, 30), reason: 'Nightly builds', ...members },
  };
  return by.client.post(by.client.directory.newAuthz, { identifier: corp, standing });
}

/** Proposed and signed by two; the URL of the request. */
export async function grantStanding(world: ApprovalWorld, members: Json = {}): Promise<string> {
  const { kim, robin } = world;
  const proposed = await propose(world, kim, members);
  const url = String(proposed.body['approval']);
  await signByPasskey(kim, challengeIn(proposed));
  const reply = await robin.client.post(robin.client.directory.newAuthz, {
    ...{ identifier: corp, approval: url },
  });
  await signByPasskey(robin, challengeIn(reply));
  return url;
}

export type OneTime = { readonly order: OrderObject; readonly url: string };

export async function orderOneTime(client: AcmeClient): Promise<OneTime> {
  const { newOrder } = client.directory;
  const payload = { identifiers: [corp], profile: 'one-time-code-signing' };
  const reply = await client.post(newOrder, payload);
  if (reply.status !== 201) throw new Error(`newOrder answered ${reply.bytes.toString()}`);
  return { order: reply.body as OrderObject, url: reply.location ?? '' };
}

export async function finalizeOneTime(client: AcmeClient, { order }: OneTime): Promise<AcmeReply> {
  const { csr } = await makeRequest({ names: [...corpNames] });
  return client.post(order.finalize, { csr });
}
