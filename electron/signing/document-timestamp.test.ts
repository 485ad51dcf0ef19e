import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { ContentInfo, SignedData } from '@peculiar/asn1-cms';
import { AsnConvert } from '@peculiar/asn1-schema';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunningCa } from '../../ca/running-ca.ts';
import { startCa } from '../../ca/server.ts';
import type { SignedDocument } from '../../shared/models/signing.ts';
import { derOf } from '../certificates/pem.ts';
import { HttpError } from '../http/http-client.ts';
import { DocumentWorld, lastSignature } from '../testing/document-world.ts';
import { pdfSample } from '../testing/pdf-samples.ts';
import { TestAuthority } from '../testing/test-authority.ts';
import { TimestampServer } from '../testing/timestamp-server.ts';
import { signDocument } from './document.ts';

let world: DocumentWorld;

beforeEach(async () => {
  world = await DocumentWorld.create();
});
afterEach(() => world[Symbol.asyncDispose]());

const base64 = (pem: string): string => derOf(pem).toString('base64');

async function sign(timestamp: {
  readonly url: string;
  readonly roots?: readonly string[];
}): Promise<SignedDocument> {
  const credentialId = await world.credential('P-256', { timestamp });
  const source = await pdfSample(world.directory, 'plain');
  return signDocument({ credentialId, source, destination: world.path('signed.pdf') }, world.rooms);
}

/** What OpenSSL says of the timestamp on the last signature of a document. */
async function stampJudged(path: string, root: string): Promise<string> {
  const { signature } = lastSignature(await readFile(path));
  const { content } = AsnConvert.parse(signature, ContentInfo);
  const [signer] = AsnConvert.parse(content, SignedData).signerInfos;
  const [attribute] = signer?.unsignedAttrs ?? [];
  expect(attribute?.attrType).toBe('1.2.840.113549.1.9.16.2.14');
  await writeFile(world.path('token'), Buffer.from(attribute?.attrValues[0] ?? new ArrayBuffer()));
  await writeFile(world.path('value'), Buffer.from(signer?.signature.buffer ?? new ArrayBuffer()));
  await writeFile(world.path('time-root'), root);
  const words = ['ts', '-verify', '-token_in', '-in', 'token', '-data', 'value'];
  const judged = await promisify(execFile)('openssl', [...words, '-CAfile', 'time-root'], {
    cwd: world.directory,
  });
  return judged.stdout;
}

async function judged({ path, timestampedAt }: SignedDocument, root: string): Promise<void> {
  expect(Math.abs(Date.parse(timestampedAt ?? '') - Date.now())).toBeLessThan(60_000);
  expect(await world.openssl(path)).toBe('verified');
  expect(await world.pdfsig(path)).toContain('Signature is Valid.');
  expect(await stampJudged(path, root)).toContain('Verification: OK');
}

test('a signature is stamped by the server that the offer names, and others verify both', async () => {
  await using server = await TimestampServer.start();
  const document = await sign({ url: server.url, roots: [base64(server.root)] });
  expect(document.timestampedBy).toBe('Test Time');
  await judged(document, server.root);
});

test('where the offer names no roots, those of the organisation vouch for the server', async () => {
  await using server = await TimestampServer.start({ authority: world.root });
  await judged(await sign({ url: server.url }), world.root.certificate);
});

test('the Local CA stamps what is signed under its own root', async () => {
  const ca: RunningCa = await startCa();
  try {
    const document = await sign({ url: ca.timestampUrl, roots: [base64(ca.rootPem)] });
    expect(document.timestampedBy).toBe('Local CA Timestamps');
    await judged(document, ca.rootPem);
  } finally {
    await ca.stop();
  }
});

test('nothing is written when the server is not there, or not believed', async () => {
  await using server = await TimestampServer.start();
  const other = await TestAuthority.root();
  const believedByNobody = { url: server.url, roots: [base64(other.certificate)] };
  await expect(sign(believedByNobody)).rejects.toMatchObject({ reason: 'untrusted' });
  await expect(sign({ url: 'http://127.0.0.1:9/' })).rejects.toBeInstanceOf(HttpError);
  expect(await readdir(world.directory)).not.toContain('signed.pdf');
  expect(world.wallet.activity.entries()).toEqual([]);
});

test('nothing is written when the server says more than a document has room for', async () => {
  const authority = await TestAuthority.root({ name: 'x'.repeat(9_000) });
  await using server = await TimestampServer.start({ authority });
  const wordy = { url: server.url, roots: [base64(server.root)] };
  await expect(sign(wordy)).rejects.toMatchObject({ code: 'timestamp', reason: 'malformed' });
  expect(await readdir(world.directory)).not.toContain('signed.pdf');
});

test('without a server, nobody but this computer says when', async () => {
  const credentialId = await world.credential('P-256');
  const source = await pdfSample(world.directory, 'plain');
  const destination = world.path('signed.pdf');
  expect(await signDocument({ credentialId, source, destination }, world.rooms)).toEqual({
    path: destination,
  });
});
