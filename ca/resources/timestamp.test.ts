import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningCa } from '../running-ca.ts';
import { startCa } from '../server.ts';
import { TIMESTAMPS_PER_MINUTE } from '../policy.ts';
import { createHttpsClient, type HttpsClient, type Reply } from '../testing/https.ts';

let ca: RunningCa;
let client: HttpsClient;
let directory: string;
const minute = Math.floor(Date.now() / 60_000) * 60_000;
let now = new Date(minute + 5_678);

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ca-timestamps-'));
  ca = await startCa({ clock: () => now });
  client = createHttpsClient(ca.rootPem);
  writeFileSync(at('root.pem'), ca.rootPem);
  writeFileSync(at('issuer.pem'), ca.issuerPem);
  writeFileSync(at('data'), 'what was there');
  writeFileSync(at('other'), 'what was not');
});
afterAll(async () => {
  client.close();
  await ca.stop();
  rmSync(directory, { recursive: true });
});

const at = (name: string): string => join(directory, name);

const openssl = (...words: readonly string[]): string =>
  execFileSync('openssl', ['ts', ...words], { encoding: 'utf8', stdio: 'pipe', cwd: directory });

/** What `openssl ts` asks for, about the data. */
function query(...words: readonly string[]): Buffer {
  openssl('-query', '-data', 'data', '-out', 'query', ...words);
  return execFileSync('cat', [at('query')]);
}

const ask = (body: Buffer, contentType = 'application/timestamp-query'): Promise<Reply> =>
  client.send(ca.timestampUrl, {
    ...{ method: 'POST', body },
    headers: { 'content-type': contentType },
  });

/** What OpenSSL makes of a reply. */
async function shown(body: Buffer): Promise<string> {
  const reply = await ask(body);
  expect(reply.status).toBe(200);
  writeFileSync(at('reply'), reply.bytes);
  return openssl('-reply', '-in', 'reply', '-text');
}

const verified = (data: string): string =>
  openssl(
    ...[
      '-verify',
      '-in',
      'reply',
      '-data',
      data,
      '-CAfile',
      'root.pem',
      '-untrusted',
      'issuer.pem',
    ],
    ...['-attime', String(Math.floor(now.getTime() / 1000))],
  );

test.each(['sha256', 'sha384', 'sha512'])(
  'a %s digest is stamped so that OpenSSL believes it',
  async (digest) => {
    const text = await shown(query(`-${digest}`, '-cert'));
    expect(text).toContain('Status: Granted.');
    // To the second, without the zero that OpenSSL writes as a blank.
    expect(new Date(/Time stamp: (.*)/.exec(text)?.[1] ?? '').getTime()).toBe(minute + 5_000);
    expect(verified('data')).toContain('Verification: OK');
    expect(() => verified('other')).toThrow(/message imprint mismatch/);
  },
);

test('the answer carries the nonce of the question, and certificates only for whoever asks', async () => {
  const asked = query('-sha256');
  const [nonce] = /Nonce: (0x[0-9A-F]+)/.exec(openssl('-query', '-in', 'query', '-text')) ?? [];
  expect(await shown(asked)).toContain(nonce);
  expect(() => verified('data')).toThrow();
  const short = (await ask(asked)).bytes.length;
  expect((await ask(query('-sha256', '-cert'))).bytes.length).toBeGreaterThan(short + 800);
});

test('no serial number is given twice', async () => {
  const serial = async () =>
    /Serial number: (0x[0-9A-F]+)/.exec(await shown(query('-sha256')))?.[1];
  expect(await serial()).not.toBe(await serial());
});

describe('no timestamp is given', () => {
  test.each([
    [
      'for a digest that two documents can share',
      ['-sha1'],
      'unrecognized or unsupported algorithm',
    ],
    [
      'by a policy of others',
      ['-sha256', '-tspolicy', '1.2.3.4'],
      'policy is not supported by the TSA',
    ],
  ])('%s', async (_what, words, reason) => {
    const text = await shown(query(...words));
    expect(text).toContain('Status: Rejected.');
    expect(text).toContain(reason);
    expect(text).toContain('TST info:\nNot included.');
  });

  test('for what is no question', async () => {
    for (const body of [Buffer.alloc(0), Buffer.from('hello'), query('-sha256').subarray(0, -1)]) {
      expect(await shown(body)).toContain('the data submitted has the wrong format');
    }
    const whole = query('-sha256');
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: whole.length - 1 }),
        fc.nat({ max: 255 }),
        async (place, octet) => {
          const changed = Buffer.from(whole);
          changed[place] = octet;
          expect((await ask(changed)).status).toBe(200);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('to a body that is too long, of another type, or asked for by GET', async () => {
    expect((await ask(randomBytes(1025))).status).toBe(413);
    expect((await ask(query('-sha256'), 'application/octet-stream')).status).toBe(415);
    expect((await client.send(ca.timestampUrl)).status).toBe(405);
  });

  test('to all who ask too often, until the next minute', async () => {
    now = new Date(minute + 90_000);
    const body = query('-sha256');
    const statuses: number[] = [];
    while (statuses.length <= TIMESTAMPS_PER_MINUTE) {
      statuses.push((await ask(body)).status);
    }
    expect(statuses.slice(0, -1).every((status) => status === 200)).toBe(true);
    const refused = await ask(body);
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toBe('30');
    now = new Date(minute + 120_000);
    expect((await ask(body)).status).toBe(200);
  });
});
