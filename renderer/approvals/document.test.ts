import { describe, expect, it } from 'vitest';
import { approvalDocument, type ApprovalDocument } from '../../shared/models/approval.ts';
import { orderDocument, standingDocument } from '../testing/approvals.ts';
import { wordsFor } from '../words.ts';
import { plainRows } from './document-rows.tsx';
import { partsOf } from './document-view.tsx';
import { exactMembers } from './exact-members.ts';
import { hexGroups } from './fingerprint.ts';
import { hasMarkedNames } from './names-warning.tsx';
import { leadingUsage, usageKind } from './usage-words.ts';

const english = wordsFor('en-GB');
const documents: readonly ApprovalDocument[] = [orderDocument(), standingDocument()];

describe('an approval document on the page', () => {
  it.each(documents)('is one that main would take ($kind)', (document) => {
    expect(approvalDocument.safeParse(document).success).toBe(true);
  });

  it.each(documents)('stands there whole, value by value ($kind)', (document) => {
    const shown = exactMembers(document);
    // Put together again from what is shown, nothing is missing and nothing was added.
    expect(rebuilt(shown)).toEqual(JSON.parse(JSON.stringify(document)));
  });

  it('stands in the order in which it is signed', () => {
    const names = exactMembers(orderDocument()).map(({ path }) => path.replace(/[.[].*$/, ''));
    const once = [...new Set(names)];
    expect(once).toEqual(Object.keys(orderDocument()).toSorted());
  });

  it.each(documents)('has a part for every row, each once ($kind)', (document) => {
    const rows = plainRows(document, english);
    const parts = partsOf(document, rows);
    expect(new Set(parts).size).toBe(parts.length);
    for (const { section, member } of rows) expect(parts).toContain(`${section} ${member}`);
    for (const { path } of exactMembers(document)) expect(parts).toContain(`exact ${path}`);
    expect(parts.at(-1)).toContain('digest');
  });

  it('tells people who, what, why, until when and by which rule', () => {
    const members = (document: ApprovalDocument) =>
      plainRows(document, english).map(({ member }) => member);
    const both = ['organization', 'requestedBy', 'identifiers', 'usages', 'lifetime', 'reason'];
    for (const document of documents)
      expect(members(document)).toEqual(expect.arrayContaining([...both, 'rule', 'expires']));
    expect(members(orderDocument())).toContain('key');
    expect(members(standingDocument())).toEqual(
      expect.arrayContaining(['proposedBy', 'count', 'until']),
    );
  });

  it('has a fingerprint in groups', () => {
    expect(hexGroups('bx0MWrLpTHeA0fOiuU4GxX0vihHDQF5rl9ig8uTGuNE')).toBe(
      '6f1d 0c5a b2e9 4c77 80d1 f3a2 b94e 06c5 7d2f 8a11 c340 5e6b 97d8 a0f2 e4c6 b8d1',
    );
    expect(hexGroups('not base64!')).toBeUndefined();
  });

  it('is about the gravest of its usages, and says when it has no words', () => {
    const usages = ['1.3.6.1.5.5.7.3.2', '1.3.6.1.5.5.7.3.3'];
    expect(leadingUsage({ usages })).toBe('code');
    expect(leadingUsage({ usages: [...usages, '2.5.29.37.0'] })).toBe('any');
    expect(usageKind('1.3.6.1.4.1.55555.7.1')).toBe('other');
    expect(usageKind('constructor')).toBe('other');
  });

  it('warns of names that imitate others wherever they stand', () => {
    for (const document of documents) expect(hasMarkedNames(document)).toBe(false);
    const tricks: readonly ApprovalDocument[] = [
      orderDocument({ organization: 'Nоrthlight Shipyards' }),
      orderDocument({ requestedBy: { name: 'Αlex Demo', email: 'alex@northlight.example' } }),
      orderDocument({ requestedBy: { name: 'Alex', email: 'alex@xn--80ak6aa92e.example' } }),
      orderDocument({ identifiers: [{ type: 'dns', value: 'xn--80ak6aa92e.example' }] }),
      standingDocument({ requestedBy: { service: 'buіld' } }),
      standingDocument({ proposedBy: { name: 'Kim', email: 'kіm@northlight.example' } }),
    ];
    for (const document of tricks) expect(hasMarkedNames(document)).toBe(true);
  });
});

type Tree = Record<string, unknown>;

/** What the shown members say, as JSON. */
function rebuilt(members: ReturnType<typeof exactMembers>): unknown {
  const root: Tree = {};
  for (const { path, value } of members) {
    const steps = path.split(/[.[\]]+/).filter((step) => step !== '');
    const last = steps.pop() ?? '';
    let at = root;
    for (const step of steps) at = (at[step] ??= {}) as Tree;
    at[last] = /^(true|false|\d{1,9})$/.test(value) ? JSON.parse(value) : value;
  }
  return listed(root);
}

/** Objects whose members are numbered from 1 are lists. */
function listed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, held]) => [name, listed(held)] as const);
  return entries.every(([name], index) => name === String(index + 1))
    ? entries.map(([, held]) => held)
    : Object.fromEntries(entries);
}
