import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openWallet, type Wallet } from './wallet.ts';
import { orderDocument } from '../testing/approval-samples.ts';

let directory: string;
let wallet: Wallet;
const open = (): Wallet =>
  openWallet({ directory, clock: () => new Date(), report: () => undefined });
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'countersign-receipts-'));
  wallet = open();
});
afterEach(() => {
  wallet.close();
  rmSync(directory, { recursive: true, force: true });
});

const receipt = (id: string) => ({
  ...{ id, organizationId: 'org.example', approvalUrl: 'https://ca.example/approval/1' },
  receiptUrl: `https://ca.example/receipt/${id}`,
  isOwn: id === 'one',
  found: {
    ...{ document: orderDocument(), digest: 'd'.repeat(43), decision: 'approve' as const },
    by: { name: 'Kim', email: 'kim@corp.example' },
    ...{ at: '2026-12-01T00:00:00Z', sequence: 3, method: 'key' as const, checks: [] },
  },
  cms: Buffer.from('cms'),
});

it('keeps receipts, the newest first, and their octets as they came', () => {
  wallet.approvals.keep(receipt('one'));
  wallet.approvals.keep(receipt('two'));
  // Once more under another id: the first one stays.
  wallet.approvals.keep({ ...receipt('one'), id: 'three' });
  wallet.close();
  wallet = open();
  expect(wallet.approvals.receipts().map(({ receiptId }) => receiptId)).toEqual(['two', 'one']);
  expect(wallet.approvals.receipts()[1]).toMatchObject({
    ...{ isOwn: true, sequence: 3, document: { version: 1 } },
  });
  expect(Buffer.from(wallet.approvals.file('one') ?? []).toString()).toBe('cms');
  expect(wallet.approvals.file('three')).toBeUndefined();
});

it('still shows receipts from before it was noted whose they are', () => {
  wallet.approvals.keep(receipt('one'));
  wallet.close();
  const database = new DatabaseSync(join(directory, 'wallet.db'));
  database.exec("UPDATE approval_receipts SET found = json_remove(found, '$.isOwn')");
  database.close();
  wallet = open();
  expect(wallet.approvals.receipts()).toMatchObject([{ receiptId: 'one', isOwn: false }]);
});

it('tells of the same thing once', () => {
  const url = 'https://ca.example/approval/1';
  expect(wallet.approvals.isNews('org.example', url)).toBe(true);
  expect(wallet.approvals.isNews('org.example', url)).toBe(false);
  expect(wallet.approvals.isNews('other.example', url)).toBe(true);
  expect(wallet.approvals.wasTold('org.example', url)).toBe(true);
  expect(wallet.approvals.wasTold('org.example', `${url}2`)).toBe(false);
});
