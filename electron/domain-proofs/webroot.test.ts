import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Challenge } from '../acme/challenge.ts';
import type { ProofRequest } from '../acme/domain-proof.ts';
import { temporaryDirectory } from '../testing/server-program.ts';
import { WebrootProof } from './webroot.ts';

const token = 'evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA';
const otherToken = 'DGyRejmCefe7v4NfDGDKfA_evaGxfADs6pSRb2LAv9I';

const asking = (given: string): ProofRequest => ({
  identifier: { type: 'dns', value: 'example.test' },
  wildcard: false,
  challenge: { type: 'http-01', url: 'https://ca.example/1', token: given } as Challenge,
  keyAuthorization: `${given}.thumbprint`,
  accountUrl: 'https://ca.example/acct/1',
  newAccountUrl: 'https://ca.example/new-acct',
  expires: undefined,
});

describe('the web root', () => {
  let root: string;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    ({ path: root, remove } = await temporaryDirectory('webroot'));
  });
  afterEach(() => remove());

  test('has the file for a while', async () => {
    const cleanup = await new WebrootProof(root).prepare(asking(token));
    const file = join(root, '.well-known', 'acme-challenge', token);
    expect(await readFile(file, 'utf8')).toBe(`${token}.thumbprint`);
    expect((await stat(file)).mode & 0o777).toBe(0o644);
    await cleanup();
    expect(await readdir(root)).toEqual([]);
  });

  test('keeps what was there before', async () => {
    const folder = join(root, '.well-known', 'acme-challenge');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, otherToken), 'somebody’s');
    const proof = new WebrootProof(root);
    await expect(proof.prepare(asking(otherToken))).rejects.toMatchObject({ reason: 'webroot' });
    const cleanup = await proof.prepare(asking(token));
    await cleanup();
    expect(await readdir(folder)).toEqual([otherToken]);
    expect(await readFile(join(folder, otherToken), 'utf8')).toBe('somebody’s');
  });

  test('keeps the folder while another challenge has a file in it', async () => {
    const proof = new WebrootProof(root);
    const first = await proof.prepare(asking(token));
    const second = await proof.prepare(asking(otherToken));
    await first();
    expect(await readdir(join(root, '.well-known', 'acme-challenge'))).toEqual([otherToken]);
    await second();
    await expect(second()).resolves.toBeUndefined();
  });

  test('is not left by a link', async () => {
    const { path: outside, remove: removeOutside } = await temporaryDirectory('outside');
    await mkdir(join(outside, 'acme-challenge'));
    await symlink(outside, join(root, '.well-known'));
    const proof = new WebrootProof(root);
    await expect(proof.prepare(asking(token))).rejects.toMatchObject({ reason: 'webroot' });
    expect(await readdir(join(outside, 'acme-challenge'))).toEqual([]);
    await removeOutside();
  });

  test('has nothing made where a link leads', async () => {
    const { path: outside, remove: removeOutside } = await temporaryDirectory('outside');
    await symlink(outside, join(root, '.well-known'));
    const proof = new WebrootProof(root);
    await expect(proof.prepare(asking(token))).rejects.toMatchObject({ reason: 'webroot' });
    expect(await readdir(outside)).toEqual([]);
    await removeOutside();
  });

  test('has nothing taken away where a link leads that came later', async () => {
    const { path: outside, remove: removeOutside } = await temporaryDirectory('outside');
    const theirs = join(outside, 'acme-challenge', token);
    await mkdir(join(outside, 'acme-challenge'));
    await writeFile(theirs, 'somebody’s');
    const cleanup = await new WebrootProof(root).prepare(asking(token));
    await rename(join(root, '.well-known'), join(root, 'moved'));
    await symlink(outside, join(root, '.well-known'));
    await cleanup();
    expect(await readFile(theirs, 'utf8')).toBe('somebody’s');
    await removeOutside();
  });

  test('is as before when the file cannot be made', async () => {
    // With the token, the path is longer than a path can be (4,096 octets on Linux).
    let deep = root;
    while (deep.length < 3_850) deep = join(deep, 'd'.repeat(100));
    await mkdir(deep, { recursive: true });
    const proof = new WebrootProof(deep);
    const long = 'a'.repeat(255);
    await expect(proof.prepare(asking(long))).rejects.toMatchObject({
      reason: 'webroot',
      cause: { code: 'ENAMETOOLONG' },
    });
    expect(await readdir(deep)).toEqual([]);
  });

  test('is as before when the file cannot be written to its end', async () => {
    const request = JSON.stringify(asking(token));
    const script = `
      import { WebrootProof } from ${JSON.stringify(import.meta.resolve('./webroot.ts'))};
      await new WebrootProof(${JSON.stringify(root)}).prepare(${request}).catch(({ reason, cause }) => {
        console.log(reason, cause.code);
      });`;
    // In a process that may make files, but write nothing into them.
    const limited = ['-c', 'ulimit -f 0 && exec "$0" --input-type=module --eval "$1"'];
    const said = execFileSync('bash', [...limited, process.execPath, script], { encoding: 'utf8' });
    expect(said).toBe('webroot EFBIG\n');
    expect(await readdir(root)).toEqual([]);
  });

  test.each([
    '../../../../../../tmp/countersign',
    `..%2f${token}`,
    `${token}\u0000`,
    'a'.repeat(300),
  ])('has no file for the token %j', async (bad) => {
    const proof = new WebrootProof(root);
    await expect(proof.prepare(asking(bad))).rejects.toMatchObject({
      reason: 'challenge-malformed',
    });
    expect(await readdir(root)).toEqual([]);
  });
});
