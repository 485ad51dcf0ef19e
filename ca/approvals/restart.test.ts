import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AcmeClient } from '../testing/acme-client.ts';
import type { Json } from '../testing/acme-client.ts';
import {
  approvalChallenge,
  approveByCard,
  approveByPasskey,
  createApprovalWorld,
  finalizeWith,
  issueCard,
  proveOneself,
  readRequest,
  requestApproval,
  signByPasskey,
} from '../testing/approval-world.ts';
import type { ApprovalWorld, Approver } from '../testing/approval-world.ts';
import { startTestCa } from '../testing/enrollment.ts';
import type { TestCa } from '../testing/enrollment.ts';
import {
  connectBuild,
  finalizeOneTime,
  grantStanding,
  orderOneTime,
} from '../testing/standing-world.ts';

let directory: string;
let world: ApprovalWorld;
let ca: TestCa;

beforeEach(async () => {
  directory = join(mkdtempSync(join(tmpdir(), 'approvals-')), 'state');
  world = await createApprovalWorld({ state: { directory } });
  ({ ca } = world);
});

afterEach(async () => {
  await ca.stop();
  rmSync(join(directory, '..'), { recursive: true });
});

/** `between`: what happens to the database while the CA does not run. */
async function restart(between: (database: DatabaseSync) => void = () => undefined): Promise<void> {
  const { clock, origin } = ca;
  await ca.stop();
  const database = new DatabaseSync(join(directory, 'ca.sqlite'));
  between(database);
  database.close();
  const port = Number(new URL(origin).port);
  ca = { ...(await startTestCa({ state: { directory }, clock, port })), clock };
}

async function again<Who extends Pick<Approver, 'client'>>(who: Who): Promise<Who> {
  const client = await AcmeClient.connect(ca);
  client.keys = who.client.keys;
  client.kid = who.client.kid;
  who.client.close();
  return { ...who, client };
}

describe('a restart', () => {
  it('keeps requests, decisions and the log, and the order goes on', async () => {
    const { organization } = world;
    const requested = await requestApproval(world.alex.client);
    await approveByPasskey(world.kim, requested.url);
    await world.kim.client.post(requested.url, { message: 'Fine' });
    const before = await readRequest(world.audrey, requested.url);
    const { decisions } = before as { decisions: { receipt: string }[] };
    const receipt = (await world.audrey.client.get(decisions[0]?.receipt ?? '')).bytes;
    const log = ca.organizations.log.entries(0, 1000);
    await restart();
    const [alex, kim, robin, audrey] = [
      await again(world.alex),
      await again(world.kim),
      await again(world.robin),
      await again(world.audrey),
    ];
    expect(await readRequest(audrey, requested.url)).toEqual(before);
    expect((await audrey.client.get(decisions[0]?.receipt ?? '')).bytes).toEqual(receipt);
    expect(ca.organizations.log.entries(0, 1000)).toEqual(log);
    expect(ca.organizations.domains(organization.id)).toEqual(['corp.example']);
    await expect(approveByPasskey(kim, requested.url)).rejects.toThrow(/unauthorized/);
    expect((await approveByPasskey(robin, requested.url)).status).toBe(200);
    await proveOneself(alex, requested.order);
    expect((await finalizeWith(alex.client, requested)).body).toMatchObject({ status: 'valid' });
    [alex, kim, robin, audrey].forEach(({ client }) => client.close());
  });

  it('keeps what was granted, and how much of it is left', async () => {
    const before = await connectBuild(world);
    const url = await grantStanding(world);
    await finalizeOneTime(before, await orderOneTime(before));
    const held = await orderOneTime(before);
    await restart();
    const { client: build } = await again({ client: before });
    const kim = await again(world.kim);
    expect(await readRequest(kim, url)).toMatchObject({ status: 'approved', remaining: 1 });
    expect((await finalizeOneTime(build, held)).body).toMatchObject({ status: 'valid' });
    expect(await readRequest(kim, url)).toMatchObject({ status: 'spent', remaining: 0 });
    build.close();
    kim.client.close();
  });

  it('opens an approval again that it interrupted, and counts nothing', async () => {
    const { url } = await requestApproval(world.alex.client);
    const challenge = await approvalChallenge(world.kim.client, url);
    const card = await issueCard(world, world.robin);
    ca.faults.arm({ kind: 'challengeProcessing', polls: 5, times: 2 });
    const held = await signByPasskey(world.kim, challenge);
    expect(held.body).toMatchObject({ status: 'processing' });
    const byCard = await approveByCard(world.robin, url, card);
    expect(byCard.body).toMatchObject({ status: 'processing' });
    await restart();
    const robin = await again(world.robin);
    const { body } = await robin.client.get(String(byCard.body['url']));
    expect(body).toMatchObject({ type: 'cert-01', status: 'pending' });
    robin.client.close();
    const kim = await again(world.kim);
    expect((await kim.client.get(challenge.url)).body).toMatchObject({ status: 'pending' });
    expect((await readRequest(kim, url))['decisions']).toEqual([]);
    expect((await signByPasskey(kim, challenge)).body).toMatchObject({ status: 'valid' });
    kim.client.close();
  });
});

describe('what is finished after a restart', () => {
  it('is nothing for an account that was deactivated meanwhile', async () => {
    const build = await connectBuild(world);
    const url = await grantStanding(world);
    const { order } = await orderOneTime(build);
    ca.faults.arm({ kind: 'orderProcessing', polls: 5 });
    await finalizeOneTime(build, { order, url: '' });
    expect((await build.post(build.kid ?? '', { status: 'deactivated' })).status).toBe(200);
    build.close();
    await restart();
    const kim = await again(world.kim);
    expect(await readRequest(kim, url)).toMatchObject({ certificates: [], remaining: 2 });
    kim.client.close();
  });

  it('is no other kind of certificate than was approved, whatever the profile is by now', async () => {
    const before = await connectBuild(world);
    const url = await grantStanding(world);
    const held = await orderOneTime(before);
    // As if the profile had been another one when it was approved.
    await restart((database) => {
      database.exec(`DROP TRIGGER approval_documents_are_not_changed;
        UPDATE approval_requests SET document = replace(document, '"lifetime":900', '"lifetime":600')`);
    });
    const { client: build } = await again({ client: before });
    const kim = await again(world.kim);
    expect((await finalizeOneTime(build, held)).body).toMatchObject({ status: 'invalid' });
    expect(await readRequest(kim, url)).toMatchObject({ certificates: [], remaining: 2 });
    build.close();
    kim.client.close();
  });
});

describe('whoever can write to the database', () => {
  it('changes no document, and removes no request, without breaking the rules of the tables', async () => {
    await requestApproval(world.alex.client);
    await restart((database) => {
      const change = `UPDATE approval_requests SET document = replace(document, 'Release', 'Virus')`;
      expect(() => database.exec(change)).toThrow(/never changes/);
      expect(() => database.exec('DELETE FROM approval_requests')).toThrow(/never removed/);
    });
    expect(ca.approvals.list()[0]?.document.reason).toBe('Release 4.2');
  });

  it('gets nothing approved and nothing issued once the log was changed', async () => {
    const requested = await requestApproval(world.alex.client);
    await proveOneself(world.alex, requested.order);
    await approveByPasskey(world.kim, requested.url);
    const ready = await requestApproval(world.alex.client);
    await proveOneself(world.alex, ready.order);
    await approveByPasskey(world.kim, ready.url);
    await approveByPasskey(world.robin, ready.url);
    await restart((database) => {
      database.exec(`DROP TRIGGER approval_log_is_not_changed;
        UPDATE approval_log SET entry = replace(entry, 'kim@', 'eve@')`);
    });
    const [alex, robin] = [await again(world.alex), await again(world.robin)];
    expect((await approveByPasskey(robin, requested.url)).status).toBe(500);
    const { decisions, status } = (await readRequest(alex, requested.url)) as Json & {
      decisions: readonly unknown[];
    };
    expect([status, decisions.length]).toEqual(['pending', 1]);
    expect((await finalizeWith(alex.client, ready)).body).toMatchObject({ status: 'invalid' });
    expect((await readRequest(alex, ready.url))['certificates']).toEqual([]);
    await expect(requestApproval(alex.client)).rejects.toThrow(/500/);
    [alex, robin].forEach(({ client }) => client.close());
  });
});
