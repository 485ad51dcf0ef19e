import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { joinKeyAuthorization } from '../acme/key-authorization.ts';
import { outputOf, readVectors } from '../testing/vectors.ts';
import { ApprovalError } from './approval-error.ts';
import { readDocument } from './approval-document.ts';
import { canonicalJson } from './canonical-json.ts';
import { checkReceipt } from './receipt.ts';

interface Given {
  readonly directory: string;
  readonly token: string;
  readonly thumbprint: string;
  /** Base64 DER. */
  readonly root: string;
}
interface Input {
  readonly document?: { readonly url: string };
  readonly text?: string;
  readonly content?: string;
  readonly receipt?: string;
}
interface Output {
  readonly jcs?: string;
  readonly digest?: string;
  readonly keyAuthorization?: string;
  readonly receipt?: string;
}

const { given, good, refused } = readVectors<Given, Input, Output>('approvals');
const roots = [new X509Certificate(Buffer.from(given.root, 'base64')).toString()];
const expected = { roots, directory: given.directory };
const isOwn = (url: string): boolean => new URL(url).origin === new URL(given.directory).origin;
const octets = (text = ''): Buffer => Buffer.from(text, 'base64');

describe('a document of the vectors', () => {
  const documents = good.filter(([, { input }]) => input.document !== undefined);
  it.each(documents)('%s has that digest', (_id, vector) => {
    const { document } = vector.input;
    const { jcs, digest, keyAuthorization } = outputOf(vector);
    const read = readDocument(document, { url: document?.url ?? '', isOwn });
    expect(canonicalJson(read.document)).toBe(jcs);
    expect(read.digest).toBe(digest);
    const bound = joinKeyAuthorization(given.token, given.thumbprint, read.digest);
    expect(bound).toBe(keyAuthorization);
  });

  it.each(refused.filter(([id]) => id.startsWith('unreadable-')))(
    '%s is refused',
    (_id, vector) => {
      const value = JSON.parse(vector.input.text ?? '') as { readonly url: string };
      expect(() => readDocument(value, { url: value.url, isOwn })).toThrow(ApprovalError);
    },
  );
});

describe('a receipt of the vectors', () => {
  const receipts = good.filter(([, { input }]) => input.content !== undefined);
  it.each(receipts)('%s holds', (_id, vector) => {
    const { holds, checks, found } = checkReceipt(octets(outputOf(vector).receipt), expected);
    expect(checks.filter(({ passed }) => !passed)).toEqual([]);
    expect({ holds, digest: found?.digest }).toEqual({
      holds: true,
      digest: (JSON.parse(vector.input.content ?? '') as { digest: string }).digest,
    });
  });

  it.each(refused.filter(([, { input }]) => input.receipt !== undefined))(
    '%s does not hold',
    (_id, vector) => {
      const { holds, checks } = checkReceipt(octets(vector.input.receipt), expected);
      expect(holds).toBe(false);
      expect(vector.refusal?.as).toContain(checks.at(-1)?.check);
      expect(checks.at(-1)?.passed).toBe(false);
    },
  );

  it('does not hold with any tenth of its octets changed', () => {
    const [, vector] = receipts[0] ?? [];
    if (vector === undefined) throw new Error('the vectors have receipts');
    const whole = octets(outputOf(vector).receipt);
    const survivors: number[] = [];
    for (let index = 0; index < whole.length; index += 10) {
      const changed = Buffer.from(whole);
      changed[index] = (changed[index] ?? 0) ^ 0x01;
      if (checkReceipt(changed, expected).holds) survivors.push(index);
    }
    expect(survivors).toEqual([]);
  });

  it('is of no other directory, and of no CA that nobody has named', () => {
    const [, vector] = receipts[0] ?? [];
    const whole = octets(vector && outputOf(vector).receipt);
    const elsewhere = { roots, directory: 'https://other.example/acme/directory' };
    expect(checkReceipt(whole, elsewhere).holds).toBe(false);
    expect(checkReceipt(whole, { roots: [] }).holds).toBe(false);
  });
});
