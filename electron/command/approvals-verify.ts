import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ReceiptCheck } from '../../shared/models/approval.ts';
import { checkReceipt, type CheckedReceipt } from '../approvals/receipt.ts';
import { rootsOf } from '../organizations/directory-roots.ts';
import type { VerifyAct } from './approvals-command-line.ts';
import { digestLines, documentLines, whoIs } from './approvals-document.ts';
import { CommandError } from './command-error.ts';
import type { Outcome } from './exit-code.ts';
import { inHouse, type CommandRooms } from './rooms.ts';

/** Octets of a file that could be a receipt, or a certificate. */
const longest = 262_144;

/** `countersign approvals verify-receipt`: needs no network, and with `--root` no wallet. */
export async function verifyReceipt(
  { file, roots }: VerifyAct,
  rooms: CommandRooms,
): Promise<Outcome> {
  const receipt = await contentOf(file);
  const checked =
    roots.length > 0
      ? checkReceipt(receipt, { roots: await certificatesIn(roots) })
      : await byOrganizations(receipt, rooms);
  const { holds, checks, content, found } = checked;
  const shown = holds && content !== undefined && found !== undefined;
  rooms.output.result(
    {
      ...{ version: 1, at: rooms.now().toISOString(), file: resolve(file), holds, checks },
      // What does not hold says nothing.
      ...(shown && {
        receipt: {
          directory: content.directory,
          account: content.by.account,
          ...found,
          checks: undefined,
        },
      }),
    },
    [
      ...checks.map(checkLine),
      ...(shown ? saidBy(content, found) : ['This receipt does NOT hold.']),
    ],
  );
  return holds ? 'done' : 'failed';
}

type Content = NonNullable<CheckedReceipt['content']>;
type Found = NonNullable<CheckedReceipt['found']>;

function saidBy({ directory, by: { account } }: Content, found: Found): readonly string[] {
  const { decision, by, at, method, reason, digest, document, sequence } = found;
  const what = decision === 'approve' ? 'approved' : 'declined';
  return [
    `This receipt holds: ${whoIs(by)} ${what} this at ${at}, by ${methods[method]}.`,
    ...(reason === undefined ? [] : [`Reason: ${reason}`]),
    ...documentLines(document),
    ...digestLines(digest),
    `CA: ${directory}, entry ${sequence} of its log`,
    `Account: ${account}`,
  ];
}

const methods = {
  passkey: 'a passkey',
  key: 'a registered key',
  certificate: 'a certificate',
  account: "their account's key",
} as const;

const checkWords: Readonly<Record<ReceiptCheck['check'], string>> = {
  signature: 'that the CA has signed it, up to a root that is trusted',
  digest: 'that the digest is that of the document',
  binding: 'that what was signed is this document, for this account',
  evidence: 'that the signature is by the key that the receipt names',
  log: 'that the entry of the log names this decision',
};

const checkLine = ({ check, passed }: ReceiptCheck): string =>
  `${passed ? 'ok    ' : 'FAILED'} ${check}: ${checkWords[check]}`;

/** The roots of an organisation vouch for its own CA alone. */
function byOrganizations(receipt: Buffer, rooms: CommandRooms): Promise<CheckedReceipt> {
  return inHouse(rooms.openHouse({}), ({ organizations }) => {
    const joined = organizations.list().flatMap(({ profile }) => {
      const roots = rootsOf(profile);
      return roots === undefined ? [] : [{ roots, directory: profile.directory }];
    });
    if (joined.length === 0) {
      const what = 'no organisation that was joined names its roots: give one by --root';
      throw new CommandError('not-trusted', what);
    }
    const results = joined.map((expected) => checkReceipt(receipt, expected));
    const best = results.find(({ holds }) => holds) ?? results.find(({ content }) => content);
    const [first] = results;
    const result = best ?? first;
    if (result === undefined) throw new TypeError('there are organisations');
    return Promise.resolve(result);
  });
}

async function certificatesIn(files: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(files.map(async (file) => pemIn(await contentOf(file))));
  const roots = found.flat();
  if (roots.length === 0) throw new CommandError('not-found', 'there is no certificate in --root');
  return roots;
}

const pemIn = (octets: Buffer): readonly string[] =>
  octets
    .toString('latin1')
    .match(/-----BEGIN CERTIFICATE-----[\w+/=\s]+-----END CERTIFICATE-----/g) ?? [];

async function contentOf(name: string): Promise<Buffer> {
  const path = resolve(name);
  try {
    await using file = await open(path, 'r');
    const { size } = await file.stat();
    if (size > longest) throw new CommandError('failed', `${path} is too long`);
    return await file.readFile();
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError('not-found', `${path} cannot be read`, { cause: error });
  }
}
