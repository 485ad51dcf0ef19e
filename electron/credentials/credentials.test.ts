import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cpuUsage } from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CredentialOffer } from '../../shared/models/enrollment-profile.ts';
import { saveCredentialFile } from '../install/file.ts';
import { reached, startProving, World, type Process } from '../testing/enrollment-world.ts';

const deep = { tags: ['deep'] };

let world: World;
let process: Process;
let credentialId: string;

beforeEach(async () => {
  world = await World.start();
});

afterEach(async () => {
  expect(process.unforeseen).toEqual([]);
  await world.stop();
});

async function enrolled(changes: Partial<CredentialOffer> = {}): Promise<void> {
  process = await world.joined(changes);
  const { enrollmentId, answer } = await startProving(process);
  await answer(world.code());
  ({ credentialId } = await reached(process, enrollmentId, 'done'));
}

const exportable = { types: ['P-256' as const], places: ['software' as const], exportable: true };

function openssl(...arguments_: string[]): string {
  return execFileSync('openssl', arguments_, { encoding: 'utf8', stdio: 'pipe' });
}

describe('the list of credentials', () => {
  it('says of each what a card shows', async () => {
    await enrolled();
    const [summary] = process.credentials.summaries();
    expect(summary).toMatchObject({
      id: credentialId,
      organizationId: 'org.example',
      organizationName: { en: 'Example' },
      offerId: 'wifi',
      purpose: 'client',
      subject: 'alex@example.test',
      status: 'active',
      key: { type: 'P-256', place: 'software', exportable: false },
      installations: [{ target: 'nss', proofs: [{ status: 'proven' }] }],
    });
    const lifetime = Date.parse(summary?.notAfter ?? '') - Date.parse(summary?.notBefore ?? '');
    const start = Date.parse(summary?.renewal.start ?? '') - Date.parse(summary?.notBefore ?? '');
    expect(start / lifetime).toBeCloseTo(2 / 3, 3);
  });

  it('has a renewal that starts where the offer says', deep, async () => {
    await enrolled({ renewal: { atLifetimeFraction: 0.25 } });
    const [summary] = process.credentials.summaries();
    const lifetime = Date.parse(summary?.notAfter ?? '') - Date.parse(summary?.notBefore ?? '');
    const start = Date.parse(summary?.renewal.start ?? '') - Date.parse(summary?.notBefore ?? '');
    expect(start / lifetime).toBeCloseTo(1 / 4, 3);
  });

  it('knows when one has expired', deep, async () => {
    await enrolled();
    world.advance(91 * 24 * 3600);
    expect(process.credentials.summaries()).toMatchObject([{ status: 'expired' }]);
  });

  it('is drawn up fast for ten thousand', async () => {
    await enrolled();
    const record = process.wallet.credentials.find(credentialId);
    if (record === undefined) throw new Error('nothing was issued');
    process.wallet.transaction(() => {
      for (let number = 1; number < 10_000; number += 1) {
        process.wallet.credentials.save({ ...record, id: `credential-${number}` });
      }
    });
    const started = cpuUsage();
    expect(process.credentials.summaries()).toHaveLength(10_000);
    expect(cpuUsage(started).user).toBeLessThan(5_000_000);
  });
});

describe('the detail of a credential', () => {
  it('has the chain as a person reads it and the history, newest first', async () => {
    await enrolled();
    const detail = await process.credentials.detail(credentialId);
    expect(detail.chain[0]).toMatchObject({
      subject: 'CN=Alex Demo',
      subjectAltNames: ['email:alex@example.test'],
      extendedKeyUsages: ['clientAuth'],
    });
    expect(detail.chain.length).toBeGreaterThan(1);
    expect(detail.history.map(({ event }) => event)).toEqual([
      'proven',
      'installed',
      'certificate-issued',
      'code-sent',
      'order-created',
    ]);
  });

  it('is not found for another one', deep, async () => {
    await enrolled();
    await expect(process.credentials.detail('other')).rejects.toMatchObject({
      code: 'credential',
      failure: { code: 'not-found' },
    });
  });
});

describe('proving again', () => {
  it('remembers the new proof, also one that fails', deep, async () => {
    await enrolled();
    world.target.refused.add('prove');
    const failed = await process.credentials.prove(credentialId, 'nss');
    expect(failed.proofs).toMatchObject([{ status: 'failed' }]);
    expect(process.credentials.summaries()).toMatchObject([{ installations: [failed] }]);
    world.target.refused.clear();
    const proven = await process.credentials.prove(credentialId, 'nss');
    expect(proven.proofs).toMatchObject([{ status: 'proven' }]);
  });

  it('is refused where it was never installed', deep, async () => {
    await enrolled({ install: [] });
    await expect(process.credentials.prove(credentialId, 'nss')).rejects.toMatchObject({
      code: 'install',
      reason: 'not-found',
    });
  });
});

describe('exporting', () => {
  it('writes the chain as PEM', async () => {
    await enrolled();
    const { data, suggestedName } = await process.credentials.export({
      credentialId,
      format: 'pem',
    });
    expect(suggestedName).toBe('alex@example.test.pem');
    expect(new X509Certificate(data).subjectAltName).toBe('email:alex@example.test');
    expect(Buffer.from(data).toString()).not.toContain('PRIVATE');
  });

  it(
    'writes key and chain as PKCS #12, which openssl opens with the passphrase only',
    deep,
    async () => {
      await enrolled({ key: exportable });
      const passphrase = 'correct horse ü';
      const { data, suggestedName } = await process.credentials.export({
        credentialId,
        format: 'pkcs12',
        passphrase,
        legacy: false,
      });
      expect(suggestedName).toBe('alex@example.test.p12');
      const path = join(world.directory, suggestedName);
      writeFileSync(path, data);
      const open = (word: string) =>
        openssl('pkcs12', '-in', path, '-nodes', '-passin', `pass:${word}`);
      const opened = open(passphrase);
      expect(opened).toContain('BEGIN PRIVATE KEY');
      expect(new X509Certificate(opened).subjectAltName).toBe('email:alex@example.test');
      expect(() => open('wrong horse')).toThrow();
      expect((await process.credentials.detail(credentialId)).history[0]).toMatchObject({
        event: 'exported',
        detail: 'pkcs12',
      });
    },
  );

  it('gives the certificates alone as PKCS #7', deep, async () => {
    await enrolled();
    const exported = await process.credentials.export({ credentialId, format: 'pkcs7' });
    expect(exported.suggestedName).toBe('alex@example.test.p7b');
    const path = join(world.directory, exported.suggestedName);
    await saveCredentialFile({ path, data: exported.data, existing: 'refuse' });
    const said = openssl('pkcs7', '-inform', 'DER', '-in', path, '-print_certs', '-noout');
    expect(said).toContain('CN = Alex Demo');
    expect(process.wallet.activity.entries({ credentialId, limit: 1 })).toMatchObject([
      { event: 'exported', detail: 'pkcs7' },
    ]);
  });

  it('keeps the key where the organisation says so', async () => {
    await enrolled();
    const key = { passphrase: 'correct horse', legacy: false };
    const request = { credentialId, format: 'pkcs12', ...key } as const;
    await expect(process.credentials.export(request)).rejects.toMatchObject({
      code: 'install',
      target: 'file',
      reason: 'not-exportable',
    });
  });
});

describe('revoking', () => {
  it('tells the CA, and the wallet remembers it', async () => {
    await enrolled();
    await process.credentials.revoke(credentialId, 'superseded');
    expect(process.credentials.summaries()).toMatchObject([{ status: 'revoked' }]);
    const { body } = await world.http.request({ method: 'GET', url: world.ca.crlUrl });
    const path = join(world.directory, 'ca.crl');
    writeFileSync(path, body);
    const list = openssl('crl', '-inform', 'DER', '-in', path, '-noout', '-text');
    expect(list).toContain('Superseded');
  });

  it('of what the CA has revoked already is no failure', deep, async () => {
    await enrolled();
    await process.credentials.revoke(credentialId, 'unspecified');
    const record = process.wallet.credentials.find(credentialId);
    if (record) process.wallet.credentials.save({ ...record, status: 'active' });
    await process.credentials.revoke(credentialId, 'keyCompromise');
    expect(process.credentials.summaries()).toMatchObject([{ status: 'revoked' }]);
  });

  it('that did not reach the CA changes nothing', deep, async () => {
    await enrolled();
    world.ca.faults.arm({ kind: 'dropBeforeActing', times: 20 });
    await expect(process.credentials.revoke(credentialId, 'unspecified')).rejects.toMatchObject({
      code: 'http',
    });
    expect(process.credentials.summaries()).toMatchObject([{ status: 'active' }]);
  });
});

describe('removing', () => {
  const keyOf = () => process.wallet.credentials.find(credentialId)?.key.id ?? '';

  it('takes it out of the target, then drops key and record', async () => {
    await enrolled();
    const keyId = keyOf();
    let changes = 0;
    process.credentials.subscribe(() => (changes += 1));
    await process.credentials.remove(credentialId);
    expect(process.credentials.summaries()).toEqual([]);
    expect(process.wallet.sealedKeys.get(keyId)).toBeNull();
    expect(await world.target.list([{ credentialId, certificate: new Uint8Array() }])).toEqual([]);
    expect(changes).toBe(1);
    expect(process.wallet.activity.entries()[0]).toMatchObject({
      event: 'removed-from-target',
      credentialId,
    });
  });

  it('keeps key and record, and says why, when the target refuses', async () => {
    await enrolled();
    world.target.refused.add('remove');
    await expect(process.credentials.remove(credentialId)).rejects.toMatchObject({
      code: 'install',
      target: 'nss',
      reason: 'refused',
    });
    expect(process.credentials.summaries()).toMatchObject([
      { id: credentialId, installations: [{ target: 'nss' }] },
    ]);
    expect(process.wallet.sealedKeys.get(keyOf())).not.toBeNull();
    world.target.refused.clear();
    await process.credentials.remove(credentialId);
    expect(process.credentials.summaries()).toEqual([]);
  });

  it('finds it also where it lies without the wallet knowing', deep, async () => {
    await enrolled();
    const record = process.wallet.credentials.find(credentialId);
    if (record) process.wallet.credentials.save({ ...record, installations: [] });
    await process.credentials.remove(credentialId);
    expect(await world.target.list([{ credentialId, certificate: new Uint8Array() }])).toEqual([]);
  });

  it(
    'is not kept from it by a target that never had it and cannot even be looked at',
    deep,
    async () => {
      await enrolled({ install: [] });
      world.target.refused.add('list');
      await process.credentials.remove(credentialId);
      expect(process.credentials.summaries()).toEqual([]);
      expect(process.logged).toHaveLength(1);
    },
  );

  it('leaves the enrolment that it came from ended', deep, async () => {
    await enrolled();
    await process.credentials.remove(credentialId);
    const [state] = process.enrollments.states();
    expect(state?.step).toBe('done');
    await process.enrollments.dismiss(state?.enrollmentId ?? '');
  });
});
