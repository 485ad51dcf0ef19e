import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { temporaryDirectory } from './server-program.ts';
import { TestAuthority } from './test-authority.ts';
import { TimestampServer } from './timestamp-server.ts';

it('stamps data so that OpenSSL finds it true under its root, and under no other', async () => {
  await using stamps = await TimestampServer.start();
  const { path, remove } = await temporaryDirectory('stamps');
  const openssl = (...words: readonly string[]) =>
    promisify(execFile)('openssl', ['ts', ...words], { cwd: path });
  try {
    await writeFile(join(path, 'data'), 'what was there');
    await openssl('-query', '-data', 'data', '-sha256', '-cert', '-out', 'query');
    const query = await readFile(join(path, 'query'));
    const answer = await fetch(stamps.url, { method: 'POST', body: query });
    expect(answer.headers.get('content-type')).toBe('application/timestamp-reply');
    await writeFile(join(path, 'reply'), Buffer.from(await answer.arrayBuffer()));
    await writeFile(join(path, 'root.pem'), stamps.root);
    await writeFile(join(path, 'other.pem'), (await TestAuthority.root()).certificate);

    const verify = ['-verify', '-data', 'data', '-in', 'reply', '-CAfile'];
    expect((await openssl(...verify, 'root.pem')).stdout).toContain('Verification: OK');
    await expect(openssl(...verify, 'other.pem')).rejects.toThrow('certificate verify error');
    expect(stamps.queries).toHaveLength(1);
  } finally {
    await remove();
  }
});
