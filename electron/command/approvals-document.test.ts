import { describe, expect, it } from 'vitest';
import { approvalDocument, type ApprovalDocument } from '../../shared/models/approval.ts';
import { readVectors } from '../testing/vectors.ts';
import { documentLines } from './approvals-document.ts';

const { good } = readVectors<unknown, { readonly document?: unknown }>('approvals');

function documentOf(id: string): ApprovalDocument {
  const [, vector] = good.find(([each]) => each === id) ?? [];
  return approvalDocument.parse(vector?.input.document);
}

/** All that is neither an object nor a list. */
function valuesIn(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null
    ? Object.values(value).flatMap((each) => valuesIn(each))
    : [value];
}

describe('a document at a terminal', () => {
  it.each(['document-order', 'document-standing', 'document-texts'])(
    'is there with everything that it says: %s',
    (id) => {
      const document = documentOf(id);
      const text = documentLines(document).join('\n');
      const values = valuesIn({ ...document, kind: '' }).filter(
        (value) => typeof value === 'string' || typeof value === 'number',
      );
      for (const value of values) expect(text).toContain(String(value));
      expect(text).toMatch(/rule, hardware +certificates only/);
    },
  );

  it('says whose word it is where a token is, and why', () => {
    const lines = documentLines(documentOf('document-order'));
    const told = lines.filter((line) => line.includes("requester's w"));
    expect(told).toHaveLength(6);
    const standing = documentLines(documentOf('document-standing')).join();
    expect(standing).not.toContain('key,');
    expect(standing).toContain("reason (proposer's words)");
    expect(standing).not.toContain("requester's");
  });

  it('names the scripts of letters that might be taken for others', () => {
    const order = documentOf('document-order');
    const text = documentLines({
      ...order,
      // The first letter is Cyrillic.
      requestedBy: { name: '\u0410lex Example', email: 'alex@corp.example' },
      identifiers: [{ type: 'dns', value: 'xn--80ak6aa92e.example' }],
    }).join('\n');
    expect(text).toContain('\u0410lex Example [letters: Cyrillic] <alex@corp.example>');
    expect(text).toContain(
      'xn--80ak6aa92e.example (reads \u0430\u0440\u0440\u04cf\u0435.example [letters: Cyrillic])',
    );
    expect(documentLines(documentOf('document-texts')).join()).toContain('Greek');
  });
});
