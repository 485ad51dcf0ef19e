import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { madeUp } from '../testing/made-up.ts';
import { pdfSample, pdfStructures, plainPdf, type PdfStructure } from '../testing/pdf-samples.ts';
import { appendApart } from './append-apart.ts';
import { DocumentError } from './document-error.ts';
import { withPlaceholder } from './pdf-placeholder.ts';
import { prepareDocument, type AppendPlaceholder } from './prepared-document.ts';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'countersign-hostile-pdf-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const prepare = (original: Buffer, append: AppendPlaceholder = withPlaceholder) =>
  prepareDocument(original, { now: new Date(), room: 4_096, append });

const faultOf = (preparing: Promise<unknown>): Promise<unknown> =>
  preparing.then(
    () => 'none',
    (error: unknown) => (error instanceof DocumentError ? error.reason : error),
  );

// The library has been seen to fill all memory for one changed octet: in this thread that would end the test.
const bounded = appendApart({ time: 5_000, growth: 512 * 1024 ** 2 });

test('of a document with changed octets nothing is changed, or nothing is made', async () => {
  const structures = Object.keys(pdfStructures) as readonly PdfStructure[];
  const samples = await Promise.all(
    structures.map(async (structure) => readFile(await pdfSample(directory, structure))),
  );
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), {
    ...{ minLength: 1, maxLength: 6 },
  });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...samples), changes, async (whole, places) => {
      const changed = Buffer.from(whole);
      for (const [place, octet] of places) changed[place % changed.length] = octet;
      const outcome = await prepare(changed, bounded).catch((error: unknown) => error);
      if (outcome instanceof DocumentError) return;
      const { octets, signed } = outcome as Awaited<ReturnType<typeof prepare>>;
      expect(octets.subarray(0, changed.length).equals(changed)).toBe(true);
      expect(signed[0].length).toBeGreaterThan(changed.length);
    }),
    { numRuns: madeUp(30) },
  );
});

test('a document that has a room for a signature as ours is given its own', async () => {
  const fake = '/ByteRange[0 9999999999 9999999999 9999999999]/Contents<00>';
  const prepared = await prepare(plainPdf(fake));
  const filled = prepared.fill(randomBytes(4_000)).toString('latin1');
  // The dictionary that has it is written once more, before ours.
  expect(filled.split('9999999999')).toHaveLength(1 + 2 * 3);
  const range = [...filled.matchAll(/ByteRange ?\[0 (\d+) (\d+) (\d+) *\]/g)]
    .at(-1)
    ?.slice(1)
    .map(Number);
  const [before, behind] = prepared.signed;
  expect(range).toEqual([before.length, filled.length - behind.length, behind.length]);
  expect(() => prepared.fill(randomBytes(4_097))).toThrow(RangeError);
});

test('a thread of its own comes to the same, and names the same faults', async () => {
  const apart = appendApart();
  const { octets } = await prepare(plainPdf(), apart);
  expect(octets.length).toBe((await prepare(plainPdf())).octets.length);
  expect(
    await faultOf(prepare(await readFile(await pdfSample(directory, 'encrypted')), apart)),
  ).toBe('encrypted');
  expect(await faultOf(prepare(Buffer.from('%PDF-1.7\n'), apart))).toBe('damaged');
});

test('a document that would take all memory, or for ever, is given up', async () => {
  const zeros = deflateSync(Buffer.alloc(200 * 1024 ** 2));
  const entry = '/Type/XRef/Size 10/W[1 4 2]/Root 1 0 R/Index[0 10]/Filter/FlateDecode';
  const head = '%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n';
  const bomb = Buffer.concat([
    Buffer.from(`${head}9 0 obj\n<<${entry}/Length ${zeros.length}>>stream\n`),
    zeros,
    Buffer.from(`\nendstream\nendobj\nstartxref\n${head.length}\n%%EOF\n`),
  ]);
  const small = appendApart({ time: 60_000, growth: 160 * 1024 ** 2 });
  expect(await faultOf(prepare(bomb, small))).toBe('damaged');
  const short = appendApart({ time: 1, growth: 1024 ** 3 });
  expect(await faultOf(prepare(plainPdf(), short))).toBe('damaged');
});
