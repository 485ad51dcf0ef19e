import { afterEach, beforeEach, expect, test } from 'vitest';
import { openState } from '../state.ts';
import type { State } from '../state.ts';
import type { LogEntry, LogEvent } from '../state/approval-log.ts';
import { mailUrls, openRequest, REQUEST_URL } from '../testing/mailing.ts';
import { createCorrespondence } from './correspondence.ts';

let state: State;

beforeEach(() => {
  state = openState(undefined);
});

afterEach(() => state.close());

const people = { requester: 'Alex', approver1: 'Kim', approver2: 'Lee' };

function mails(event: LogEvent, details: Partial<LogEntry> = {}) {
  const entry = { sequence: 1, at: '', event, organization: 'Corp', request: REQUEST_URL };
  return correspondence().about({ ...entry, data: {}, previous: '', ...details });
}

const correspondence = () =>
  createCorrespondence({ state, urls: mailUrls, clock: () => new Date('2026-12-01T01:00:00Z') });

const names = (list: readonly { readonly recipient: string }[]): string[] =>
  list.map(({ recipient }) => recipient.split('@')[0] ?? '').sort();

const by = (name: string) => ({ by: `${name}@corp.example` });
const everybody = ['approver1', 'approver2', 'requester'];

test('who is told what', () => {
  const { id, organizationId } = openRequest(state, people);
  expect(names(mails('requested', by('requester')))).toEqual(['approver1', 'approver2']);
  expect(names(mails('proposed', by('approver1')))).toEqual(['approver2']);
  expect(names(mails('message', by('approver1')))).toEqual(['approver2', 'requester']);
  expect(names(mails('message', by('requester')))).toEqual(['approver1', 'approver2']);
  const approval = { data: { decision: 'approve' }, ...by('approver1') };
  expect(names(mails('decided', approval))).toEqual(['approver1', 'requester']);
  const decline = { data: { decision: 'decline' }, ...by('approver1') };
  expect(names(mails('decided', decline))).toEqual(everybody);
  for (const event of ['granted', 'withdrawn', 'issued', 'revoked'] as const) {
    expect(names(mails(event))).toEqual(everybody);
  }
  // The last approval is the grant.
  state.approvals.grant(id, new Date('2026-12-01T00:30:00Z'));
  expect(mails('decided', approval)).toEqual([]);
  expect(mails('requested')).toEqual([]);
  // Nobody who was an approver once.
  const membership = { organizationId, role: 'approver' } as const;
  state.members.remove({ ...membership, subject: 'person:approver2' });
  expect(names(mails('issued'))).toEqual(['approver1', 'requester']);
});

test('nobody is reminded who has decided', () => {
  const { id } = openRequest(state, people);
  state.approvalDecisions.add({
    ...{ id: 'd', requestId: id, personId: 'approver1', decision: 'approve', method: 'ppkp-01' },
    ...{ keyDigest: Buffer.alloc(32), at: new Date(), receipt: Buffer.of(0) },
  });
  expect(names(correspondence().reminding(REQUEST_URL))).toEqual(['approver2']);
  expect(correspondence().reminding('https://elsewhere.example/')).toEqual([]);
});

test('a service has no address, and whoever proposed for it is told', () => {
  openRequest(state, { approver1: 'Kim', approver2: 'Lee' }, { service: 'build\r\nBcc: x' });
  const [mail] = mails('issued', { data: { serial: '0a1b' } });
  expect(names(mails('issued'))).toEqual(['approver1', 'approver2']);
  expect(mail?.body).toContain('Requested by: build\ufffd\ufffdBcc: x\n');
  expect(mail?.body).toContain('Seriennummer: 0a1b');
});

test('of changes of members and rules nobody is mailed', () => {
  openRequest(state, people);
  const silent: LogEvent[] = ['organization-added', 'member-added', 'rule-changed', 'domain-added'];
  for (const event of silent) expect(mails(event)).toEqual([]);
  const unknown = mailUrls.to('approval', 'AAAAAAAAAAAAAAAAAAAAAA');
  expect(mails('requested', { request: unknown })).toEqual([]);
});
