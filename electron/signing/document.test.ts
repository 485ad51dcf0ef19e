import { createHash } from 'node:crypto';
import { chmod, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DocumentFault } from '../../shared/models/signing.ts';
import { DocumentWorld, newSigner, type DocumentKeyType } from '../testing/document-world.ts';
import { everyNth } from '../testing/made-up.ts';
import { pdfSample, pdfStructures, plainPdf, type PdfStructure } from '../testing/pdf-samples.ts';
import { signChosenDocument } from './chosen-document.ts';
import { DocumentError } from './document-error.ts';
import { largestDocument } from './document-file.ts';
import { signDocument } from './document.ts';

let world: DocumentWorld;

beforeEach(async () => {
  world = await DocumentWorld.create();
});
afterEach(() => world[Symbol.asyncDispose]());

const valid = 'Signature Validation: Signature is Valid.';
const trusted = 'Certificate Validation: Certificate is Trusted.';

async function sign(
  source: string,
  credentialId: string,
  name = 'signed.pdf',
): Promise<{ readonly path: string; readonly octets: Buffer }> {
  const destination = world.path(name);
  const { path } = await signDocument({ credentialId, source, destination }, world.rooms);
  return { path, octets: await readFile(path) };
}

async function judged(path: string): Promise<void> {
  const said = await world.pdfsig(path);
  expect(said).toContain(valid);
  expect(said).toContain(trusted);
  expect(said).toContain('Total document signed');
  expect(said).toContain('Signature Type: ETSI.CAdES.detached');
  expect(await world.openssl(path)).toBe('verified');
}

const structures = Object.keys(pdfStructures) as readonly PdfStructure[];

test.each(everyNth(3, structures))(
  'a %s document is signed as it is, and others verify it',
  async (structure) => {
    const source = await pdfSample(world.directory, structure);
    const before = await readFile(source);
    const { path, octets } = await sign(source, await world.credential('P-256'));
    await judged(path);
    expect(octets.subarray(0, before.length).equals(before)).toBe(true);
    expect((await readFile(source)).equals(before)).toBe(true);
    expect(await world.qpdf(path)).toContain('No syntax or stream encoding errors found');
  },
);

test.each(everyNth(2, ['RSA-3072', 'P-384'] satisfies readonly DocumentKeyType[]))(
  'a signature by a %s key is verified by others',
  async (type) => {
    const source = await pdfSample(world.directory, 'plain');
    await judged((await sign(source, await world.credential(type))).path);
  },
);

test('a signature by a certificate that is for documents alone is valid', async () => {
  const source = await pdfSample(world.directory, 'plain');
  const credentialId = await world.credential('P-256', {}, ['1.3.6.1.5.5.7.3.36']);
  const { path } = await sign(source, credentialId);
  const said = await world.pdfsig(path);
  expect(said).toContain(valid);
  // Poppler asks NSS, which does not know the usage of RFC 9336: it can say nothing about the certificate.
  expect(said).toContain('Certificate Validation: Unknown issue with Certificate');
  expect(await world.openssl(path)).toBe('verified');
});

test.each(everyNth(2, ['object-streams', 'plain'] satisfies readonly PdfStructure[]))(
  'a second signature on a %s document leaves the first one valid',
  async (structure) => {
    const source = await pdfSample(world.directory, structure);
    const { path: once } = await sign(source, await world.credential('P-256'), 'once.pdf');
    const { path: twice } = await sign(once, await world.credential('RSA-3072'), 'twice.pdf');
    const said = await world.pdfsig(twice);
    expect(said).toContain('Signature #2');
    expect(said.split(valid)).toHaveLength(3);
    expect(said.split(trusted)).toHaveLength(3);
    expect(await world.openssl(twice)).toBe('verified');
  },
);

test('a document that was changed afterwards is refused by others', async () => {
  const source = await pdfSample(world.directory, 'plain');
  const { path, octets } = await sign(source, await world.credential('P-256'));
  octets.write('No offer', octets.indexOf('An offer'), 'latin1');
  await writeFile(path, octets);
  expect(await world.pdfsig(path)).toContain('Digest Mismatch');
  expect(await world.openssl(path)).toBe('refused');
});

test.each([
  ['beside the form', '/AcroForm<</Fields[]/DA(/Helv 0 Tf)>>'],
  ['in a form that is referred to', '/AcroForm 5 0 R'],
])('a field is added %s that is there', async (_where, catalog) => {
  const source = world.path('form.pdf');
  const form = plainPdf(catalog).toString('latin1');
  const object = '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>';
  // Of the same length, so that all other objects stay where they are.
  const fields = '<</Fields[]/Font 1>>'.padEnd(object.length, ' ');
  await writeFile(source, catalog.includes(' R') ? form.replace(object, fields) : form, 'latin1');
  await judged((await sign(source, await world.credential('P-256'))).path);
});

test('what was done is remembered, with the digest of the document', async () => {
  const source = await pdfSample(world.directory, 'plain');
  const credentialId = await world.credential('P-256');
  const { octets } = await sign(source, credentialId);
  const digest = createHash('sha256').update(octets).digest('hex');
  expect(world.wallet.activity.entries({ credentialId })).toMatchObject([
    { event: 'document-signed', detail: `signed.pdf (SHA-256 ${digest})` },
  ]);
});

test('the signed document is for whom the document was', async () => {
  const source = await pdfSample(world.directory, 'plain');
  const credentialId = await world.credential('P-256');
  for (const mode of [0o644, 0o600, 0o440]) {
    await chmod(source, mode);
    const { path } = await sign(source, credentialId, `${mode}.pdf`);
    expect((await stat(path)).mode & 0o777).toBe(mode);
  }
});

test('the person is asked for nothing that cannot be signed, and may think better of it', async () => {
  const source = await pdfSample(world.directory, 'plain');
  const signing = await world.credential('P-256');
  const other = await world.credential('P-256', { purpose: 'email' });
  const asked: (string | null)[] = [];
  const dialogs = {
    chooseDocument: () => Promise.resolve(asked.push('document') > 1 ? source : null),
    saveDocumentAs: (path: string) => Promise.resolve(asked.push(path) > 0 ? null : path),
  };
  await expect(signChosenDocument(other, dialogs, world.rooms)).rejects.toThrow(DocumentError);
  expect(asked).toEqual([]);
  expect(await signChosenDocument(signing, dialogs, world.rooms)).toBeNull();
  expect(await signChosenDocument(signing, dialogs, world.rooms)).toBeNull();
  expect(asked).toEqual(['document', 'document', world.path('plain-signed.pdf')]);
});

describe('nothing is written', () => {
  const signed = (): string => world.path('signed.pdf');

  async function refused(source: string, credentialId?: string): Promise<DocumentFault> {
    const before = await readdir(world.directory);
    const id = credentialId ?? (await world.credential('P-256'));
    const error: unknown = await sign(source, id).catch((thrown: unknown) => thrown);
    expect(await readdir(world.directory)).toEqual(before);
    expect(world.wallet.activity.entries()).toEqual([]);
    if (error instanceof DocumentError) return error.reason;
    throw error;
  }

  const written = async (octets: Uint8Array | string): Promise<string> => {
    await writeFile(world.path('source.pdf'), octets);
    return world.path('source.pdf');
  };

  test.each<readonly [string, Uint8Array | string, DocumentFault]>([
    ['is empty', '', 'no-pdf'],
    ['is no PDF', 'PK\u0003\u0004', 'no-pdf'],
    ['has something before it', Buffer.concat([Buffer.from('x'), plainPdf()]), 'no-pdf'],
    ['is a beginning', '%PDF-1.7\n', 'damaged'],
    ['is cut off', plainPdf().subarray(0, -120), 'damaged'],
    [
      'refers to nowhere',
      plainPdf()
        .toString('latin1')
        .replace(/startxref\n\d+/, 'startxref\n7'),
      'damaged',
    ],
  ])('when the document %s', async (_what, octets, fault) => {
    expect(await refused(await written(octets))).toBe(fault);
  });

  test('when the document is encrypted', async () => {
    expect(await refused(await pdfSample(world.directory, 'encrypted'))).toBe('encrypted');
  });

  test('when whoever certified the document allows nothing more', async () => {
    const parameters = '<</Type/TransformParams/P 1/V/1.2>>';
    const reference = `<</Type/SigRef/TransformMethod/DocMDP/TransformParams${parameters}>>`;
    const certified = `/Perms<</DocMDP<</Type/Sig/Reference[${reference}]>>>>`;
    expect(await refused(await written(plainPdf(certified)))).toBe('locked');
    const filling = certified.replace('/P 1', '/P 2');
    await sign(await written(plainPdf(filling)), await world.credential('P-256'), 'filled.pdf');
  });

  test('when the document is too large, or not there', async () => {
    const source = await written('%PDF-1.7\n');
    await truncate(source, largestDocument + 1);
    expect(await refused(source)).toBe('too-large');
    expect(await refused(world.path('gone.pdf'))).toBe('unreadable');
    expect(await refused(world.directory)).toBe('unreadable');
  });

  test('over a file that is there', async () => {
    const source = await pdfSample(world.directory, 'plain');
    await writeFile(signed(), 'mine');
    expect(await refused(source)).toBe('exists');
    expect(await readFile(signed(), 'utf8')).toBe('mine');
  });

  test('when the certificate is for something else, expired or revoked', async () => {
    const source = await pdfSample(world.directory, 'plain');
    const past = { notAfter: new Date(Date.now() - 1_000).toISOString() };
    const future = { notBefore: new Date(Date.now() + 60_000).toISOString() };
    const other = await world.credential('P-256', { purpose: 'codeSigning' });
    expect(await refused(source, other)).toBe('not-for-documents');
    const code = await world.credential('P-256', {}, ['1.3.6.1.5.5.7.3.3']);
    expect(await refused(source, code)).toBe('not-for-documents');
    for (const changes of [past, future, { status: 'revoked' } as const]) {
      expect(await refused(source, await world.credential('P-256', changes))).toBe('not-valid-now');
    }
  });

  test('when the key does not sign', async () => {
    const source = await pdfSample(world.directory, 'plain');
    const { algorithm, publicJwk, publicSpki } = newSigner();
    const sign = () => Promise.reject(new Error('removed'));
    const broken = { algorithm, publicJwk, publicSpki, sign };
    await expect(refused(source, await world.credential(broken))).rejects.toThrow('removed');
  });
});
