import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Json } from '../acme/objects.ts';
import { canonical, digestOf } from './canonical.ts';
import { documentFault } from './document.ts';
import { logFault } from './log.ts';
import { openedByOpenssl, verifyReceipt } from './receipt.ts';
import { SignedDataError } from './signed-data.ts';

type Vector = {
  readonly id: string;
  readonly input: Json & {
    readonly document?: Json;
    readonly text?: string;
    readonly entries?: readonly Json[];
    readonly asAuditor?: readonly Json[];
    readonly receipt?: string;
  };
  readonly output?: { readonly jcs?: string; readonly digest?: string; readonly receipt?: string };
  readonly refusal?: { readonly as: readonly string[] };
};

const file = new URL('../../docs/vectors/approvals.json', import.meta.url);
const { given, vectors } = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly given: { readonly now: string; readonly root: string };
  readonly vectors: readonly Vector[];
};

const roots = `-----BEGIN CERTIFICATE-----\n${given.root}\n-----END CERTIFICATE-----\n`;
const at = new Date(given.now);
const named = (prefix: string): readonly Vector[] =>
  vectors.filter(({ id }) => id.startsWith(prefix));
const good = (one: Vector): boolean => one.refusal === undefined;

/** What is wrong with a receipt; undefined when nothing is. */
async function faultOf(receipt: string | undefined): Promise<string | undefined> {
  try {
    await verifyReceipt(Buffer.from(receipt ?? '', 'base64'), { roots, at });
    return undefined;
  } catch (error) {
    if (error instanceof SignedDataError) return error.message;
    throw error;
  }
}

describe('the vectors of docs/approvals.md', () => {
  it('are read as documents, and digested', () => {
    const documents = named('document-');
    expect(documents.length).toBeGreaterThan(2);
    for (const { id, input, output } of documents) {
      const { document = {} } = input;
      const came = [documentFault(document), canonical(document), digestOf(document)];
      expect([id, ...came]).toEqual([id, undefined, output?.jcs, output?.digest]);
    }
  });

  it('are no documents where they are unreadable', () => {
    for (const { id, input } of named('unreadable-')) {
      const document = JSON.parse(input.text ?? '') as Json;
      expect([id, documentFault(document) === undefined]).toEqual([id, false]);
    }
  });

  it('are receipts that hold, also by OpenSSL', async () => {
    const receipts = named('receipt-').filter(good);
    expect(receipts.length).toBeGreaterThan(5);
    for (const { id, output } of receipts)
      expect([id, await faultOf(output?.receipt)]).toEqual([id, undefined]);
    const [first] = receipts;
    const octets = Buffer.from(first?.output?.receipt ?? '', 'base64');
    const opened = await openedByOpenssl(octets, roots, at);
    expect(opened).toMatchObject({ content: Buffer.from(String(first?.input['content'])) });
    octets[200] = (octets[200] ?? 0) ^ 1;
    expect(await openedByOpenssl(octets, roots, at)).toHaveProperty('refusal');
  });

  it('are receipts that do not hold', async () => {
    const bad = named('receipt-').filter((one) => !good(one));
    expect(bad.length).toBeGreaterThan(20);
    const taken = [];
    for (const { id, input } of bad) {
      if ((await faultOf(input.receipt)) === undefined) taken.push(id);
    }
    expect(taken).toEqual([]);
  });

  it('are logs, and logs that were changed, with the first entry that does not fit', () => {
    for (const { id, input, refusal } of named('log')) {
      const fault = logFault(input.entries ?? []);
      const right = refusal?.as ?? ['undefined'];
      expect([id, right.includes(String(fault?.sequence))]).toEqual([id, true]);
      if (input.asAuditor !== undefined) expect(logFault(input.asAuditor)).toBeUndefined();
    }
  });
});
