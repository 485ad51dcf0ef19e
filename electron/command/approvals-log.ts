import { canonicalDigest } from '../approvals/canonical-json.ts';
import { ApprovalError } from '../approvals/approval-error.ts';
import {
  checkLog,
  hasEntry,
  isOwnEntry,
  type LogEntry,
  type OwnLogEntry,
} from '../approvals/approval-log.ts';
import { readContent } from '../approvals/receipt-content.ts';
import { verifySignedData } from '../certificates/verify-signed-data.ts';
import type { ActOf } from './approvals-command-line.ts';
import { organizationIdOf, type ApprovalHouse } from './approvals-places.ts';
import { CommandError } from './command-error.ts';
import type { Outcome } from './exit-code.ts';
import type { CommandRooms } from './rooms.ts';

/** `countersign approvals log`: for auditors; `--verify` follows the chain, and looks for the entries of the receipts that are here. */
export async function showLog(
  act: ActOf<'log'>,
  house: ApprovalHouse,
  rooms: CommandRooms,
): Promise<Outcome> {
  const organizationId = organizationIdOf(act.organizationId, house);
  // First, so that the log read afterwards has their entries.
  if (act.verify) await house.approvals.refresh();
  const entries = await readBy(house, organizationId);
  const about = { version: 1, at: rooms.now().toISOString(), organizationId };
  if (!act.verify) {
    rooms.output.result({ ...about, entries }, entries.map(lineOf));
    return 'done';
  }
  const condition = checkLog(entries);
  const receipts = receiptsOf(organizationId, house);
  const missing = receipts.filter(({ entry }) => !hasEntry(entries, entry));
  const missingIds = missing.map(({ receiptId }) => receiptId);
  const holds = condition.holds && missing.length === 0;
  rooms.output.result(
    {
      ...{ ...about, holds, length: entries.length, receipts: receipts.length },
      ...(!condition.holds && { sequence: condition.sequence }),
      missing: missingIds,
    },
    [
      condition.holds
        ? `The log holds: ${condition.length} entries, each with the digest of the one before.`
        : `The log does NOT hold: entry ${condition.sequence} is missing, or does not fit the one before.`,
      missing.length > 0
        ? `It does NOT have the entries of these receipts: ${missingIds.join(', ')}`
        : receipts.length === 0
          ? 'There are no receipts yet whose entries it should have.'
          : `It has the entries of all ${receipts.length} receipts that are here.`,
    ],
  );
  return holds ? 'done' : 'failed';
}

/** Throws `CommandError` for who is no auditor. */
async function readBy(
  { approvals }: ApprovalHouse,
  organizationId: string,
): Promise<readonly LogEntry[]> {
  try {
    return await approvals.log(organizationId);
  } catch (error) {
    const failure = error instanceof ApprovalError ? error.failure : undefined;
    if (failure?.code !== 'approval' || failure.reason !== 'not-permitted') throw error;
    const sentence = 'the log is for auditors of an organisation, and you are none';
    throw new CommandError('failed', sentence, { cause: error, failure });
  }
}

function lineOf(each: LogEntry): string {
  if (!isOwnEntry(each)) return `${each.sequence}: of another organisation, ${each.digest}`;
  const { sequence, at, event, organization, request, by, data } = each;
  const parts = [event, organization, by, request, inShort(data)];
  return `${sequence}: ${at} ${parts.filter((part) => part !== undefined && part !== '').join(', ')}`;
}

/** The document of a request is left to `show` and to JSON: its digest says which it is. */
function inShort(data: OwnLogEntry['data']): string {
  return Object.entries(data)
    .filter(([name]) => name !== 'approval')
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}

/** All of them: they were verified when they came; what they say of the log is compared with it now. */
function receiptsOf(organizationId: string, { approvals }: ApprovalHouse) {
  return approvals.receiptIds(organizationId).map((receiptId) => {
    const { content } = verifySignedData(Buffer.from(approvals.receiptFile(receiptId)));
    const log = readContent(content)?.log;
    const digest = log === undefined ? '' : canonicalDigest(log);
    return { receiptId, entry: { sequence: log?.sequence ?? 0, digest } };
  });
}
