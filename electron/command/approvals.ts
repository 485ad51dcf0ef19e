import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ApprovalError } from '../approvals/approval-error.ts';
import type { ApprovalAct, ApprovalsCommand, ActOf, ListAct } from './approvals-command-line.ts';
import { approve } from './approvals-approve.ts';
import { showLog } from './approvals-log.ts';
import { organizationIdOf, placeOf, type ApprovalHouse } from './approvals-places.ts';
import {
  receiptLine,
  receiptShown,
  requestLine,
  requestLines,
  requestShown,
} from './approvals-shown.ts';
import { verifyReceipt } from './approvals-verify.ts';
import { CommandError } from './command-error.ts';
import type { Outcome } from './exit-code.ts';
import { inHouse, type CommandRooms } from './rooms.ts';
import { failureSentence } from './sentences.ts';

/** `countersign approvals`: what the page of approvals does, for terminals and scripts. */
export function approvals({ act }: ApprovalsCommand, rooms: CommandRooms): Promise<Outcome> {
  if (act.act === 'verify-receipt') return verifyReceipt(act, rooms);
  if (act.act === 'approve') return approve(act, rooms);
  return inHouse(rooms.openHouse({}), (house) => done(act, house, rooms));
}

type Plain = Exclude<ApprovalAct, { act: 'verify-receipt' | 'approve' }>;

function done(act: Plain, house: ApprovalHouse, rooms: CommandRooms): Promise<Outcome> {
  switch (act.act) {
    case 'list':
    case 'standing-list':
      return list(act, house, rooms);
    case 'show':
      return show(act, house, rooms);
    case 'decline':
      return decline(act, house, rooms);
    case 'ask':
      return ask(act, house, rooms);
    case 'propose':
      return propose(act, house, rooms);
    case 'withdraw':
      return withdraw(act, house, rooms);
    case 'receipts':
      return receipts(house, rooms);
    case 'save':
      return save(act, house, rooms);
    case 'log':
      return showLog(act, house, rooms);
  }
}

async function list(
  { act, organizationId, statuses }: ListAct,
  house: ApprovalHouse,
  { output, now }: CommandRooms,
): Promise<Outcome> {
  if (organizationId !== undefined) organizationIdOf(organizationId, house);
  const { requests, failures } = await lookedAt(house);
  const isHere = (each: { readonly organizationId: string }): boolean =>
    organizationId === undefined || each.organizationId === organizationId;
  const found = requests
    .filter(isHere)
    .filter(({ status }) => statuses.length === 0 || statuses.includes(status))
    .filter(({ document }) => act === 'list' || document.kind === 'standing');
  const unheard = failures.filter(isHere);
  for (const { organizationId: id, failure } of unheard) {
    const sentence = failureSentence(failure);
    output.progress({ event: 'not-asked', organizationId: id, failure }, `${id}: ${sentence}`);
  }
  output.result(
    {
      ...{ version: 1, at: now().toISOString(), approvals: found.map(requestShown) },
      failures: unheard,
    },
    found.length === 0 ? ['There are no such requests.'] : found.map(requestLine),
  );
  return unheard.length === 0 ? 'done' : 'failed';
}

async function lookedAt({ approvals: room }: ApprovalHouse) {
  await room.refresh();
  return room.view;
}

async function show(
  act: ActOf<'show'>,
  house: ApprovalHouse,
  { output, now }: CommandRooms,
): Promise<Outcome> {
  const request = await house.approvals.open(placeOf(act, house));
  const { digest, link } = request;
  output.result(
    { version: 1, at: now().toISOString(), ...requestShown(request), digest, link },
    requestLines(request),
  );
  return 'done';
}

async function decline(
  act: ActOf<'decline'>,
  house: ApprovalHouse,
  { output, now }: CommandRooms,
): Promise<Outcome> {
  const place = placeOf(act, house);
  const { digest } = await house.approvals.open(place);
  if (act.digest !== undefined && act.digest !== digest) {
    const failure = { code: 'approval', reason: 'changed' } as const;
    throw new CommandError('failed', failureSentence(failure), { failure });
  }
  const receipt = await house.approvals.decline({ ...place, digest, reason: act.reason });
  output.result({ version: 1, told: now().toISOString(), ...receiptShown(receipt) }, [
    receiptLine(receipt),
  ]);
  return 'done';
}

async function ask(
  act: ActOf<'ask'>,
  house: ApprovalHouse,
  { output, now }: CommandRooms,
): Promise<Outcome> {
  const place = placeOf(act, house);
  await house.approvals.message({ ...place, text: act.message });
  output.result({ version: 1, at: now().toISOString(), ...place, message: act.message }, [
    'The CA has it, and tells those concerned.',
  ]);
  return 'done';
}

async function propose(
  { act: _act, ...proposal }: ActOf<'propose'>,
  house: ApprovalHouse,
  { output, now }: CommandRooms,
): Promise<Outcome> {
  const organizationId = organizationIdOf(proposal.organizationId, house);
  const { approvalId: url } = await house.approvals.propose({ ...proposal, organizationId });
  output.result({ version: 1, at: now().toISOString(), organizationId, url }, [
    url,
    `It counts when it is approved, by you first: countersign approvals approve ${url}`,
  ]);
  return 'done';
}

async function withdraw(
  act: ActOf<'withdraw'>,
  house: ApprovalHouse,
  { output, now }: CommandRooms,
): Promise<Outcome> {
  const place = placeOf(act, house);
  const { organizationId, approvalId: url } = place;
  await house.approvals.withdraw({ ...place, reason: act.reason });
  output.result({ version: 1, at: now().toISOString(), organizationId, url }, [
    `${url}: withdrawn`,
  ]);
  return 'done';
}

async function receipts(house: ApprovalHouse, { output, now }: CommandRooms): Promise<Outcome> {
  const { receipts: kept } = house.approvals.view;
  output.result(
    { version: 1, at: now().toISOString(), receipts: kept.map(receiptShown) },
    kept.length === 0 ? ['The wallet has no receipts.'] : kept.map(receiptLine),
  );
  return Promise.resolve('done');
}

async function save(
  { receiptId, out }: ActOf<'save'>,
  { approvals: room }: ApprovalHouse,
  { output }: CommandRooms,
): Promise<Outcome> {
  const octets = fileOf(receiptId, room);
  const path = resolve(out);
  try {
    await writeFile(path, octets, { flag: 'wx' });
  } catch (error) {
    throw new CommandError('failed', `${path} cannot be written, or is there already`, {
      cause: error,
    });
  }
  output.result({ version: 1, receiptId, path }, [path]);
  return 'done';
}

function fileOf(receiptId: string, room: ApprovalHouse['approvals']): Uint8Array {
  try {
    return room.receiptFile(receiptId);
  } catch (error) {
    if (!(error instanceof ApprovalError)) throw error;
    throw new CommandError('not-found', 'the wallet has no such receipt', { cause: error });
  }
}
