import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { serveLocalCa } from './local-ca.mjs';

let folder;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ca-'));
  vi.spyOn(console, 'log').mockReturnValue(undefined);
  vi.stubEnv('SMTP_PASSWORD', 's3cret');
});

afterAll(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function write(name, content) {
  const file = join(folder, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const start = (values) => serveLocalCa({ port: '0', state: join(folder, 'state'), ...values });
const from = 'ca@corp.example';

it.each([
  [{ smtp: 'smtp://mail.corp.example' }, /go together/],
  [{ 'mail-from': from }, /go together/],
  [{ smtp: 'smtp://ca:s3cret@mail.corp.example', 'mail-from': from }, /not given in its address/],
  [{ smtp: 'mail.corp.example', 'mail-from': from }, /smtp:\/\/host:port/],
  [{ smtp: 'smtp://mail.corp.example', 'mail-from': 'CA <ca@corp.example>' }, /email address/],
])('%j starts no CA, and what it says has no password', async (values, why) => {
  const refusal = await start(values).catch((error) => error);
  expect(refusal).toMatchObject({ name: 'SetupError', message: expect.stringMatching(why) });
  expect(refusal.message).not.toContain('s3cret');
});

it('names the file whose organisation is none', async () => {
  const file = write('bad.json', { name: 'Corp', member: [] });
  await expect(start({ organization: [file] })).rejects.toThrow(`${file}: the description`);
  await expect(start({ organization: [`${file}.not`] })).rejects.toThrow('ENOENT');
});

it('refuses two organisations with the same domain', async () => {
  const files = ['One', 'Two'].map((name) =>
    write(`${name}.json`, { name, domains: ['corp.example'] }),
  );
  await expect(start({ organization: files })).rejects.toThrow('another organisation');
});
