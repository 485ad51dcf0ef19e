import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json } from '../acme/objects.ts';
import { canonical, digestOf } from './canonical.ts';
import { documentFault, rules } from './document.ts';
import { evidenceFault } from './evidence.ts';
import type { Evidence } from './evidence.ts';
import { openSignedData, SignedDataError } from './signed-data.ts';

/** A receipt that was found to be good. */
export type Receipt = {
  readonly directory: string;
  readonly document: Json;
  readonly digest: string;
  readonly decision: string;
  readonly reason: string | undefined;
  readonly by: Json;
  readonly at: string;
  readonly evidence: Evidence;
  readonly entry: Json;
};

/** Verifies a receipt by docs/approvals.md §6: the CMS, its content, what was signed, and the entry of the log. */
export async function verifyReceipt(
  octets: Buffer,
  options: { readonly roots: string; readonly at?: Date },
): Promise<Receipt> {
  const { roots, at = new Date() } = options;
  const { content, signer } = openSignedData(octets, { roots, at });
  if (!signer.subject.split('\n').includes('CN=Local CA Approvals')) {
    throw new SignedDataError('it is signed by a certificate of another name');
  }
  // What is issued for an order has names, whatever it calls itself.
  if (String(signer.keyUsage) !== '1.3.6.1.5.5.7.3.36' || signer.subjectAltName !== undefined) {
    throw new SignedDataError('it is signed by a certificate that is for something else');
  }
  const members = readContent(content);
  const receipt = readReceipt(members);
  const fault =
    (await evidenceFault({
      ...receipt,
      ...{ account: String(receipt.by['account']), request: receipt.document['url'] },
    })) ?? entryFault(receipt);
  if (fault !== undefined) throw new SignedDataError(fault);
  return receipt;
}

function readContent(content: Buffer): Json {
  const text = content.toString();
  const value = parse(text);
  if (canonical(value) !== text) throw new SignedDataError('its content is not in JCS form');
  return value;
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new SignedDataError('its content is no JSON', { cause });
  }
}

const names = [
  ...['version', 'directory', 'approval', 'digest', 'decision'],
  ...['by', 'at', 'evidence', 'log'],
];

function readReceipt(members: Json): Receipt {
  const { decision, reason, approval, digest, by, evidence, at } = members;
  const wanted = decision === 'decline' ? [...names, 'reason'] : names;
  if (Object.keys(members).sort().join() !== [...wanted].sort().join()) {
    throw new SignedDataError(`its members are ${Object.keys(members).join(', ')}`);
  }
  const { account, ...person } = by as Json;
  const faults: readonly (readonly [string, boolean])[] = [
    ['its version', members['version'] !== 1],
    ['its decision', decision !== 'approve' && decision !== 'decline'],
    ['its document', documentFault(approval as Json) !== undefined],
    ['its digest is not that of its document', digest !== digestOf(approval)],
    ['who decided', !rules.person.holds(person) || !rules.digest.holds(account)],
    ['its time', !rules.time.holds(at)],
  ];
  const [fault] = faults.find(([, holds]) => holds) ?? [];
  if (fault !== undefined) throw new SignedDataError(`wrong: ${fault}`);
  return {
    ...{ directory: String(members['directory']), document: approval as Json },
    ...{ digest: String(digest), decision: String(decision), at: String(at), by: by as Json },
    reason: typeof reason === 'string' ? reason : undefined,
    evidence: { type: String((evidence as Json)['type']), members: evidence as Json },
    entry: members['log'] as Json,
  };
}

/** §7: the entry names this decision and this evidence. */
function entryFault({
  at,
  entry,
  document,
  digest,
  decision,
  by,
  evidence,
}: Receipt): string | undefined {
  const data = entry['data'] as Json;
  const expected: readonly (readonly [string, unknown, unknown])[] = [
    ['at', entry['at'], at],
    ['event', entry['event'], 'decided'],
    ['organization', entry['organization'], document['organization']],
    ['request', entry['request'], document['url']],
    ['by', entry['by'], by['email']],
    ['decision', data['decision'], decision],
    ['digest', data['digest'], digest],
    ['evidence', data['evidence'], digestOf(evidence.members)],
  ];
  const wrong = expected.find(([, came, wanted]) => came !== wanted);
  return wrong && `the entry of the log has another "${wrong[0]}"`;
}

/** What the `openssl` program says of a receipt: its content, why it refuses, or undefined where there is no such program. */
export async function openedByOpenssl(
  octets: Buffer,
  roots: string,
  at: Date,
): Promise<{ readonly content: Buffer } | { readonly refusal: string } | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'receipt-'));
  try {
    const [receipt, root] = [join(folder, 'receipt'), join(folder, 'root.pem')];
    writeFileSync(receipt, octets);
    writeFileSync(root, roots);
    const time = String(Math.floor(at.getTime() / 1000));
    const parameters = ['cms', '-verify', '-binary', '-inform', 'DER', '-in', receipt];
    return await run([...parameters, '-CAfile', root, '-purpose', 'any', '-attime', time]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(parameters: readonly string[]) {
  return new Promise<{ content: Buffer } | { refusal: string } | undefined>((resolve) => {
    execFile('openssl', parameters, { encoding: 'buffer' }, (error, content, complaint) => {
      if (error === null) resolve({ content });
      else if (error.code === 'ENOENT') resolve(undefined);
      else resolve({ refusal: complaint.toString().trim().split('\n')[0] ?? '' });
    });
  });
}
