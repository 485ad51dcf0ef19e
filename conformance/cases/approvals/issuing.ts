import { X509Certificate } from 'node:crypto';
import type { Json } from '../../acme/objects.ts';
import { ask, finalize, newKey, proveOwn, spkiOf } from '../../approvals/asking.ts';
import type { Asked, Finalized } from '../../approvals/asking.ts';
import { approveFully } from '../../approvals/deciding.ts';
import type { Method } from '../../approvals/deciding.ts';
import { isTime, look } from '../../approvals/request.ts';
import type { Case } from '../../case.ts';
import { fail, skip } from '../../case.ts';
import { briefReply, problemOf } from '../../trial.ts';
import type { Trial } from '../../trial.ts';

const about = { group: 'approvals' } as const;

export type Issued = {
  readonly asked: Asked;
  readonly document: Json;
  readonly by: readonly Method[];
  /** What came of the request for another key, and of that for the right one. */
  readonly wrong: Finalized;
  readonly right: Finalized;
};

/** An order that was approved by as many kinds of proof as there are, and finalized; done once. */
export function issue(trial: Trial): Promise<Issued> {
  return trial.once('approvals.issued', async () => {
    const asked = await ask(trial, { keep: true });
    await proveOwn(trial, asked);
    const by = await approveFully(trial, asked.url);
    const { document } = await look(asked.account, asked.url);
    const wrong = await finalize(trial, asked, { key: newKey(), document });
    const right = await finalize(trial, asked, { key: asked.key, document });
    return { asked, document, by, wrong, right };
  });
}

async function leafOf(trial: Trial): Promise<X509Certificate> {
  const { asked, right } = await issue(trial);
  if (right.certificate === undefined)
    return fail(`${briefReply(right.reply)}, order ${right.status}`);
  const reply = await asked.account.post(right.certificate, '');
  if (reply.status !== 200) fail(`the certificate: ${briefReply(reply)}`);
  return new X509Certificate(reply.body);
}

export const issuingCases: readonly Case[] = [
  {
    ...{ ...about, id: 'approvals.csr-other-key', clause: 'approvals.md §3' },
    expected: 'A certification request with another key than the document’s is badCSR',
    async perform(trial) {
      const { reply } = (await issue(trial)).wrong;
      const came = briefReply(reply);
      return problemOf(reply)?.type === 'badCSR' ? came : fail(came);
    },
  },
  {
    ...{ ...about, id: 'approvals.issued', clause: 'approvals.md §2, §3' },
    expected:
      'What was approved is issued: this key, these names, these usages, no longer than this',
    async perform(trial) {
      const { asked, document } = await issue(trial);
      const leaf = await leafOf(trial);
      const spki = leaf.publicKey.export({ type: 'spki', format: 'der' });
      if (!spki.equals(spkiOf(asked.key))) fail('it has another key');
      const usages = document['usages'] as readonly string[];
      const found = String(leaf.keyUsage);
      if (found !== usages.join()) fail(`its usages are ${found}`);
      const names = (document['identifiers'] as readonly Json[]).map(({ value }) => String(value));
      const wanted = names.map((name) => `DNS:${name}`).join(', ');
      if (leaf.subjectAltName !== wanted) fail(`its names are ${leaf.subjectAltName ?? 'none'}`);
      const life = (Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)) / 1000;
      const most = Number(document['lifetime']);
      // A certificate may begin a little before the moment in which it is made.
      return life <= most + 3600
        ? `${life} of ${most} s`
        : fail(`${life} s, and ${most} were approved`);
    },
  },
  {
    ...{ ...about, id: 'approvals.certificates', clause: 'approvals.md §5' },
    expected: 'The request names the certificate: its serial number, from when and until when',
    async perform(trial) {
      const { asked } = await issue(trial);
      const leaf = await leafOf(trial);
      const { certificates, status } = await look(asked.account, asked.url);
      const [only] = certificates;
      if (certificates.length !== 1 || only === undefined)
        fail(`${certificates.length} certificates`);
      if (!sameSerial(only['serial'], leaf)) fail('it has another serial number');
      if (!isTime(only['issued']) || !isTime(only['notAfter'])) fail('its times are missing');
      return status === 'approved' ? String(only['serial']) : fail(`the request is ${status}`);
    },
  },
  {
    ...{ ...about, id: 'approvals.revoked', clause: 'approvals.md §5', turn: 'late' },
    expected: 'Once it is revoked the request says when',
    async perform(trial) {
      const { asked } = await issue(trial);
      const leaf = await leafOf(trial);
      const { revokeCert } = await trial.world.server.directory();
      if (revokeCert === undefined) skip('the directory has no revokeCert');
      const certificate = leaf.raw.toString('base64url');
      const reply = await asked.account.post(revokeCert, { certificate, reason: 5 });
      if (reply.status !== 200) fail(`revokeCert: ${briefReply(reply)}`);
      const { certificates } = await look(asked.account, asked.url);
      const revoked = certificates[0]?.['revoked'];
      return isTime(revoked) ? 'revoked' : fail('it is not said to be revoked');
    },
  },
];

function sameSerial(told: unknown, { serialNumber }: X509Certificate): boolean {
  return (
    typeof told === 'string' &&
    /^[0-9a-f]+$/i.test(told) &&
    BigInt(`0x${told}`) === BigInt(`0x${serialNumber}`)
  );
}
