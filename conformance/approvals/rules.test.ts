import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApprovalRule } from '../../ca/approval-rule.ts';
import type { Json } from '../acme/objects.ts';
import { startLocalServer } from '../testing/local-server.ts';
import type { LocalServer } from '../testing/local-server.ts';
import { runAgainst } from '../testing/suite-run.ts';

let server: LocalServer;

beforeAll(async () => {
  server = await startLocalServer();
});

afterAll(() => server.stop());

type Approvals = Json & { readonly approvers: readonly Json[] };

type World = {
  readonly name: string;
  readonly rule?: ApprovalRule;
  readonly change?: (approvals: Approvals) => Json;
  /** All that cannot be tried there. */
  readonly skipped: readonly string[];
};

const rule = (required: number, by: ApprovalRule['by'], hardware = false): ApprovalRule => ({
  ...{ required, by, hardware, hours: 24 },
});

const worlds: readonly World[] = [
  {
    name: 'one approval is enough',
    rule: rule(1, ['ppkp-01', 'cert-01']),
    skipped: ['quorum', 'approvers', 'person-twice', 'person-race'],
  },
  {
    name: 'certificates on hardware alone count',
    rule: rule(2, ['cert-01'], true),
    skipped: [
      ...['key', 'key-plain', 'passkey', 'passkey-plain', 'certified-key'],
      ...['receipt-key', 'receipt-passkey'],
    ],
  },
  {
    name: 'approvers have passkeys alone',
    change: (approvals) => ({
      ...approvals,
      approvers: approvals.approvers.map((one) => ({
        ...{ ...one, cert: undefined },
        ppkp: { ...(one['ppkp'] as Json), key: undefined },
      })),
    }),
    // Two assertions at the same time would have a counter go backwards.
    skipped: [
      'key',
      'key-plain',
      'cert',
      'cert-plain',
      'certified-key',
      'person-race',
      'receipt-key',
      'receipt-cert',
    ],
  },
  {
    name: 'nobody is named but a requester and two approvers',
    change: ({ approvers, ...approvals }) => ({
      ...{ ...approvals, approvers: approvers.slice(0, 2) },
      ...{ auditor: undefined, standing: undefined, root: undefined, refusedKey: undefined },
    }),
    skipped: [
      ...['key-refused', 'auditor', 'after-grant', 'log', 'log-receipt', 'log-readers'],
      ...['receipt-key', 'receipt-passkey', 'receipt-cert', 'receipt-decline'],
      ...['standing', 'standing-refused', 'standing-not-yet', 'standing-spent'],
      ...[
        'standing-withdrawn',
        'standing-listed',
        'standing-given-up',
        'standing-until',
        'expired',
      ],
    ],
  },
];

describe('where', { tags: ['deep'] }, () => {
  for (const { name, rule: wanted, change = (one: Approvals): Json => one, skipped } of worlds) {
    it(`${name} the suite tries what there is, and fails nothing`, async () => {
      const { ca, folder, credentialsFile } = server;
      ca.clock.advance(3 * 3600);
      const organization = ca.organizations.findByName('Example Corp');
      for (const profile of ['ev-code-signing', 'one-time-code-signing']) {
        ca.organizations.setRule(organization?.id ?? '', profile, wanted);
      }
      const given = JSON.parse(readFileSync(credentialsFile, 'utf8')) as { approvals: Approvals };
      const file = join(folder, 'changed.json');
      const credentials = { ...given, approvals: change(given.approvals) };
      writeFileSync(file, JSON.stringify(credentials), { mode: 0o600 });
      const parameters = ['--only', 'approvals', '--credentials', file];
      const { results } = await runAgainst(server, { parameters });
      const others = results.filter(({ verdict }) => verdict !== 'pass');
      expect(others.filter(({ verdict }) => verdict !== 'skipped')).toEqual([]);
      expect(others.map(({ id }) => id.replace('approvals.', '')).sort()).toEqual(
        [...skipped].sort(),
      );
    });
  }
});
